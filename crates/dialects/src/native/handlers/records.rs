//! Records of any kind: what a resource of the API does. The rules are the domain's.

use super::id;
use crate::Request;
use crate::cursor;
use crate::filter;
use crate::native::attempt::{self, Touches};
use crate::native::bulk::{self, Items};
use crate::native::entity_tag::{IfMatch, is_known};
use crate::native::errors::Problem;
use crate::native::export::{self, Format, Sheet, Sought};
use crate::native::fields::View;
use crate::native::patch::Patch;
use crate::native::submission::{Submitted, reversion};
use crate::native::wire::{self, Query, put_change};
use crate::route::Call;
use crate::search::{self, Matches};
use crate::{Reply, dialect_named, dialect_names};
use ::wire::json::{ListWriter, ObjectWriter};
use bytes::Bytes;
use domain::error::Reason;
use domain::filter::{Page, Position, Selection};
use domain::operation::{
    Bulk, CreateRecord, Deleted, ListRecords, ReadHistory, ReadRecord, RestoreRecord, RevertField, Submission,
    UpdateRecord,
};
use domain::{Error, Kind, Operation, Record};
use http::{HeaderValue, Response, StatusCode, header};
use std::sync::Arc;

type Answer = Result<Response<Bytes>, Problem>;

pub(in crate::native) async fn list(call: Call<'_>, query: Query<'_>, kind: Kind) -> Result<Reply, Problem> {
    let Some(words) = query.text("search").filter(|words| !words.trim().is_empty()) else {
        return page(&call, &query, kind, move |selection, deleted| ListRecords { kind, selection, deleted }).await;
    };
    let (plain, pairs) = filter::words(kind, words, call.state.app.now()).map_err(|error| error.refusal("search"))?;
    let Asked { mut selection, deleted, listed } = asked(&call, &query, kind, (words, &plain))?;
    selection.filter = selection.filter.and(pairs);
    if let Some(format) = whole(&call, &query, Format::of(kind))? {
        let sheet = sheet(&call, &query, format, kind).await?;
        let sought = Sought { kind, words: plain, selection, deleted };
        let asking = (call.state, &call.caller, call.origin());
        let answer = sheet.answer_found(name(&call), asking, sought).await;
        return Ok(answer.map_err(|error| Error { at: None, ..error })?);
    }
    let view = view(&call, &query, kind).await?;
    let found = call.state.matches((kind, &plain), selection, deleted, &call.caller, call.origin()).await;
    let Matches { page, next, are_cut } = found.map_err(|error| Error { at: None, ..error })?;
    let notice = (are_cut && next.is_none()).then_some(CUT);
    Ok(shown(&call, &page, next.map(|place| cursor::write(&listed, &place)), notice, &view).into())
}

/// What the last page of a search tells that found more than are ranked.
const CUT: &str = "More are found than the best 5000, and these are the last of those. A further word, a filter or an order \
                   (sort) leaves nobody out.";

/// How the whole list is to be written, where no page of it is asked for.
fn whole(call: &Call<'_>, query: &Query<'_>, offered: &[Format]) -> Result<Option<Format>, Error> {
    let format = Format::preferred(call.request.header(header::ACCEPT), offered);
    let of_pages = ["limit", "cursor"].into_iter().find(|name| query.text(name).is_some());
    match (format, of_pages) {
        (None, _) if query.text("as").is_some() => {
            Err(Error::new(Reason::Invalid, format!("as is for {}: ask for that with Accept", Format::Csv.essence())))
        }
        (Some(format), Some(name)) => {
            let text = format!("{} is answered whole: {name} is for pages of application/json", format.essence());
            Err(Error::new(Reason::Invalid, text))
        }
        _ => Ok(format),
    }
}

/// How a whole list is written: of customers also under the names that another dialect has for their fields.
async fn sheet(call: &Call<'_>, query: &Query<'_>, format: Format, kind: Kind) -> Result<Sheet, Error> {
    let Some(name) = query.text("as") else { return Ok(Sheet::of(format, kind, view(call, query, kind).await?)) };
    let invalid = |text: String| Error::new(Reason::Invalid, text);
    let dialect = dialect_named(name).ok_or_else(|| invalid(format!("as must be one of {}", dialect_names())))?;
    if format != Format::Csv {
        return Err(invalid(format!("as is for {}", Format::Csv.essence())));
    }
    let extra_fields = call.state.extra_fields(call.caller.tenant, kind).await?;
    Sheet::named_as(&dialect.rows, query.text("fields"), &extra_fields)
}

/// What a whole list is called.
fn name<'a>(call: &Call<'a>) -> &'a str {
    call.request.path.rsplit('/').next().unwrap_or_default()
}

/// What a list was asked for.
struct Asked {
    selection: Selection,
    deleted: Deleted,
    /// What tells the cursors of this list from those of others.
    listed: String,
}

/// What was asked for, with a search as it was typed and the words in it.
fn asked(call: &Call<'_>, query: &Query<'_>, kind: Kind, (typed, words): (&str, &str)) -> Result<Asked, Problem> {
    let filter = filter::parse(kind, query.text("filter").unwrap_or_default());
    let filter = filter.map_err(|error| error.refusal("filter"))?;
    let order = filter::parse_order(kind, query.text("sort").unwrap_or_default());
    let order = order.map_err(|error| error.refusal("sort"))?;
    let deleted = if query.flag("deleted")? { Deleted::Shown } else { Deleted::Hidden };
    let (sorted, tenant) = (filter::print_order(&order), call.caller.tenant.number);
    let mut listed = format!("{tenant} {} {deleted:?} {sorted} {}", kind.name(), filter::print(&filter));
    if !typed.is_empty() {
        listed.push_str(&format!(" {typed:?}"));
    }
    let values = search::values(words, &order);
    let after = query.text("cursor").map(|cursor| cursor::read(&listed, cursor, values)).transpose()?;
    let selection = Selection { filter, order, after, offset: 0, limit: query.limit()?, counted: false };
    Ok(Asked { selection, deleted, listed })
}

/// A page, and where the next one is.
fn shown(
    call: &Call<'_>,
    page: &Arc<Page>,
    next: Option<String>,
    notice: Option<&str>,
    view: &View,
) -> Response<Bytes> {
    let put = |object: &mut ObjectWriter<'_>, record: &Record| view.put(object, record);
    let sees_all = call.caller.masked.is_empty() && call.caller.customer.is_none();
    let mut response = match view.whole().filter(|_| sees_all) {
        Some(extra_fields) => {
            let written = &call.state.written;
            let items = |list: &mut ListWriter<'_>| written.put_all(list, &page.records, extra_fields, put);
            let write = || wire::page_of(page.records.len(), next.as_ref(), notice, items).into_body();
            match notice {
                Some(_) => wire::ready(write()),
                None => wire::ready(written.page(page, next.as_deref(), extra_fields, write)),
            }
        }
        None => wire::page_of(page.records.len(), next.as_ref(), notice, |list| {
            for record in &page.records {
                list.object(|object| put(object, record));
            }
        }),
    };
    if let Some(link) = next.and_then(|next| next_link(call.request, &next)) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// A page of what an operation lists.
pub(super) async fn page<O: Operation<Output = Arc<Page>>>(
    call: &Call<'_>,
    query: &Query<'_>,
    kind: Kind,
    list: impl Fn(Selection, Deleted) -> O + Send + Sync + 'static,
) -> Result<Reply, Problem> {
    let Asked { selection, deleted, listed } = asked(call, query, kind, ("", ""))?;
    let order = selection.order.clone();
    if let Some(format) = whole(call, query, Format::of(kind))? {
        let sheet = sheet(call, query, format, kind).await?;
        let (state, caller, origin) = (Arc::clone(call.state), Arc::clone(&call.caller), call.origin());
        let asked = Selection { limit: export::STEP, ..selection };
        let read = move |after: Option<Position>| {
            let operation = list(Selection { after, ..asked.clone() }, deleted);
            let (state, caller, origin) = (Arc::clone(&state), Arc::clone(&caller), origin.clone());
            async move { state.run(operation, &caller, origin).await }
        };
        let answer = sheet.answer(name(call), order, read).await;
        return Ok(answer.map_err(|error| Error { at: None, ..error })?);
    }
    let view = view(call, query, kind).await?;
    // What is asked for is no member of a body.
    let page = call.run(list(selection, deleted)).await.map_err(|error| Error { at: None, ..error })?;
    let next = page.next(&order).map(|place| cursor::write(&listed, &place));
    Ok(shown(call, &page, next, None, &view).into())
}

/// The address of the next page (RFC 8288): the query as it is with another cursor.
fn next_link(request: &Request, cursor: &str) -> Option<HeaderValue> {
    let rest = request.query.as_deref().unwrap_or_default().split('&').filter(|part| !part.starts_with("cursor="));
    let mut query: Vec<_> = rest.filter(|part| !part.is_empty()).map(str::to_owned).collect();
    query.push(format!("cursor={cursor}"));
    let link = format!("<{}{}?{}>; rel=\"next\"", request.base_url, request.path, query.join("&"));
    HeaderValue::try_from(link).ok()
}

/// What to show of a record.
pub(super) async fn view(call: &Call<'_>, query: &Query<'_>, kind: Kind) -> Result<View, Error> {
    let mut view = View::of(call.state.extra_fields(call.caller.tenant, kind).await?);
    if let Some(names) = query.text("fields") {
        view.only(kind, names)?;
    }
    Ok(view)
}

pub(in crate::native) async fn create(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let mut submission = Submitted::read(kind, &wire::body(call.request)?, IfMatch::default())?;
    submission.hash_password(call.state).await?;
    created(&call, &query, kind, CreateRecord { kind, submission }, &call.request.path).await
}

/// Creates a record and shows it, and its address.
pub(super) async fn created(
    call: &Call<'_>,
    query: &Query<'_>,
    kind: Kind,
    operation: impl Operation<Output = Arc<Record>>,
    resource: &str,
) -> Answer {
    let view = view(call, query, kind).await?;
    let (address, shown) = (address(call, resource), view.clone());
    let encode =
        move |record: &Arc<Record>| Ok(at(&address, record, wire::record(StatusCode::CREATED, record, &shown)));
    attempt::run(call, query, &view, Touches::NoVersion, operation, encode).await
}

/// Where the records of a resource are.
pub(super) fn address(call: &Call<'_>, resource: &str) -> String {
    format!("{}{resource}", call.request.base_url)
}

/// Says where a new record is.
pub(super) fn at(address: &str, record: &Record, mut response: Response<Bytes>) -> Response<Bytes> {
    if let Ok(address) = HeaderValue::try_from(format!("{address}/{}", record.id)) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

pub(in crate::native) async fn read(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    read_one(&call, &query, kind, id(&call)?).await
}

pub(super) async fn read_one(call: &Call<'_>, query: &Query<'_>, kind: Kind, id: i64) -> Answer {
    let record = call.run(ReadRecord { kind, id, deleted: Deleted::Shown }).await?;
    if Format::preferred(call.request.header(header::ACCEPT), Format::of(kind)) == Some(Format::Cards) {
        return Ok(export::card(&record));
    }
    if is_known(call.request, record.version) {
        return Ok(wire::not_modified(record.version));
    }
    Ok(wire::record(StatusCode::OK, &record, &view(call, query, kind).await?))
}

pub(in crate::native) async fn update(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    update_one(&call, &query, kind, id(&call)?).await
}

pub(super) async fn update_one(call: &Call<'_>, query: &Query<'_>, kind: Kind, id: i64) -> Answer {
    let if_match = IfMatch::read(call.request)?;
    if wire::is_json_patch(call.request) {
        for_staff(call)?;
        wire::typed_body(call.request, wire::JSON_PATCH)?;
        // Operations are about the whole record, whatever is to be shown of it.
        let view = View::of(call.state.extra_fields(call.caller.tenant, kind).await?);
        let mut patch = Patch::read(call.request, if_match, view)?;
        patch.hash_password(call.state).await?;
        return change(call, query, kind, id, patch).await;
    }
    let body = wire::typed_body(call.request, wire::PATCH_TYPES)?;
    let mut submission = Submitted::read(kind, &body, if_match)?;
    submission.hash_password(call.state).await?;
    change(call, query, kind, id, submission).await
}

/// What works on the whole record is not for customers, who do not see the whole of theirs.
fn for_staff(call: &Call<'_>) -> Result<(), Error> {
    let text = "Customers change their record by a merge patch";
    if call.caller.customer.is_none() { Ok(()) } else { Err(Error::new(Reason::Forbidden, text)) }
}

pub(in crate::native) async fn replace(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    for_staff(&call)?;
    let id = id(&call)?;
    let if_match = IfMatch::read(call.request)?;
    let mut submission = Submitted::read(kind, &wire::body(call.request)?, if_match)?.whole();
    submission.hash_password(call.state).await?;
    change(&call, &query, kind, id, submission).await
}

pub(in crate::native) async fn delete(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let id = id(&call)?;
    change(&call, &query, kind, id, Submitted::deletion(kind, IfMatch::read(call.request)?)).await
}

pub(in crate::native) async fn bulk(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let atomic = query.text("atomic").is_none() || query.flag("atomic")?;
    let mut items = Items::read(kind, &wire::body(call.request)?)?;
    items.hash_passwords(call.state).await?;
    let touches = if items.are_versioned() { Touches::NoVersion } else { Touches::Version };
    let (sent, items) = items.split(kind);
    if atomic
        && let Some(problem) =
            Problem::of(sent.iter().filter_map(|sent| sent.as_ref().err()).flatten().cloned().collect())
    {
        return Err(problem);
    }
    let view = view(&call, &query, kind).await?;
    let encode = move |outcomes: &Vec<_>| bulk::told(&sent, outcomes, atomic);
    attempt::run(&call, &query, &view, touches, Bulk { kind, items, atomic }, encode).await
}

pub(in crate::native) async fn restore(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let id = id(&call)?;
    let if_match = IfMatch::read(call.request)?;
    let restore = RestoreRecord { kind, id, check: move |present: &Record| if_match.check(present) };
    done(&call, &query, kind, Touches::Version, restore).await
}

pub(in crate::native) async fn revert(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let id = id(&call)?;
    let if_match = IfMatch::read(call.request)?;
    let (field, version) = reversion(kind, &wire::body(call.request)?)?;
    let revert = RevertField { kind, id, field, version, check: move |present: &Record| if_match.check(present) };
    done(&call, &query, kind, Touches::Version, revert).await
}

async fn change(
    call: &Call<'_>,
    query: &Query<'_>,
    kind: Kind,
    id: i64,
    submission: impl Submission<Record>,
) -> Answer {
    // The submission itself compares versions: a caller may name several.
    let update = UpdateRecord { kind, id, deleted: Deleted::Shown, expected_version: None, submission };
    done(call, query, kind, Touches::Version, update).await
}

/// Runs a change of one record and shows the record.
pub(super) async fn done(
    call: &Call<'_>,
    query: &Query<'_>,
    kind: Kind,
    touches: Touches,
    operation: impl Operation<Output = Arc<Record>>,
) -> Answer {
    let view = view(call, query, kind).await?;
    let shown = view.clone();
    let encode = move |record: &Arc<Record>| Ok(wire::record(StatusCode::OK, record, &shown));
    attempt::run(call, query, &view, touches, operation, encode).await
}

pub(in crate::native) async fn history(call: Call<'_>, query: Query<'_>, kind: Kind) -> Result<Reply, Problem> {
    let id = id(&call)?;
    if let Some(format) = whole(&call, &query, Format::OF_HISTORIES)? {
        return Ok(export::history((call.state, &call.caller, call.origin()), (kind, id), None, format).await?);
    }
    let list = format!("{} history of {} {id}", call.caller.tenant.number, kind.name());
    let from = query.text("cursor").map(|text| cursor::read(&list, text, 0)).transpose()?;
    let read = ReadHistory { kind, id, from: from.map(|position| position.id), limit: query.limit()? };
    let history = call.run(read).await?;
    let next = history.next.map(|id| cursor::write(&list, &Position { id, values: Vec::new() }));
    let mut response = wire::page(&history.changes, next.as_ref(), put_change);
    if let Some(link) = next.and_then(|next| next_link(call.request, &next)) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response.into())
}
