//! A list or a history that goes out whole, page by page while it is read: as CSV, as a JSON object a line, or as vCards.

use super::card;
use super::fields::{Shown, View};
use super::wire::put_change;
use crate::moment::rfc3339;
use crate::{Aborted, Column, Pieces, Reply, Rows, State};
use bytes::Bytes;
use domain::change::{FieldChange, Origin};
use domain::filter::{Order, Page, Position, Selection};
use domain::operation::{Deleted, ReadHistory};
use domain::{Caller, Change, Customer, Error, Field, Kind, Record};
use http::{HeaderValue, Response, header};
use std::sync::Arc;
use tokio::sync::mpsc;
use wire::csv;
use wire::json::write_object;
use wire::negotiate::quality;

/// Records or changes that are read at once.
pub const STEP: u32 = 500;

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values (RFC 4180) that no spreadsheet takes for formulas.
    Csv,
    /// A JSON object a line.
    JsonLines,
    /// Cards for address books (vCard 4.0), of customers.
    Cards,
}

impl Format {
    /// The one of these that an `Accept` header wants more than JSON; `None` for that.
    pub fn preferred(accept: Option<&str>, offered: &[Self]) -> Option<Self> {
        let mut best = (quality(accept, "application/json"), None);
        for format in offered.iter().copied() {
            let quality = quality(accept, format.essence());
            if quality > best.0 {
                best = (quality, Some(format));
            }
        }
        best.1
    }

    /// Those in which records of a kind are answered.
    pub const fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Customer => &[Self::Csv, Self::JsonLines, Self::Cards],
            _ => Self::OF_HISTORIES,
        }
    }

    /// Those in which a history is answered.
    pub const OF_HISTORIES: &[Self] = &[Self::Csv, Self::JsonLines];

    /// The media type without parameters.
    pub const fn essence(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::JsonLines => "application/x-ndjson",
            Self::Cards => "text/vcard",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/x-ndjson",
            Self::Cards => "text/vcard; charset=utf-8; version=4.0",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Cards => "vcf",
        }
    }
}

/// Which records are found.
#[derive(Clone, Debug)]
pub struct Sought {
    /// Of which kind.
    pub kind: Kind,
    /// By which words; `""` for none.
    pub words: String,
    /// What else holds for them, and their order.
    pub selection: Selection,
    /// Whether deleted ones are among them.
    pub deleted: Deleted,
}

/// How each record of a list is written.
#[derive(Clone)]
pub struct Sheet {
    format: Format,
    /// Those of CSV.
    columns: Columns,
    view: View,
}

#[derive(Clone)]
enum Columns {
    /// Fields under their own names.
    Fields(Vec<Field>),
    /// What a dialect shows of customers, under its names.
    Of(&'static Rows, Vec<Column>),
}

impl Sheet {
    /// CSV of these columns.
    pub fn csv(columns: Vec<Field>) -> Self {
        Self { format: Format::Csv, columns: Columns::Fields(columns), view: View::default() }
    }

    /// CSV of customers as a dialect names their fields: those of these names, or all that its files have.
    ///
    /// # Errors
    /// As of [`Rows::column`].
    pub(super) fn named_as(rows: &'static Rows, names: Option<&str>, extra_fields: &[u16]) -> Result<Self, Error> {
        let columns = match names {
            Some(names) => names.split(',').map(|name| rows.column(name, extra_fields)).collect::<Result<_, _>>()?,
            None => (rows.columns)(extra_fields),
        };
        Ok(Self { format: Format::Csv, columns: Columns::Of(rows, columns), view: View::default() })
    }

    /// What a view shows of records of a kind.
    pub(super) fn of(format: Format, kind: Kind, view: View) -> Self {
        Self { format, columns: Columns::Fields(view.columns(kind)), view }
    }

    fn put_head(&self, text: &mut String) {
        match &self.columns {
            _ if self.format != Format::Csv => {}
            Columns::Fields(fields) => csv::write_line(text, fields.iter().map(|field| field.name())),
            Columns::Of(_, columns) => csv::write_line(text, columns.iter().map(|column| &*column.name)),
        }
    }

    fn put(&self, text: &mut String, record: &Record) {
        match (self.format, &self.columns) {
            (Format::Csv, Columns::Fields(fields)) => {
                csv::write_line(text, fields.iter().map(|field| Shown::field(record, *field).plain()));
            }
            (Format::Csv, Columns::Of(rows, columns)) => {
                let customer = Customer(Arc::new(record.clone()));
                csv::write_line(text, columns.iter().map(|column| (rows.show)(&customer, column)));
            }
            (Format::Cards, _) => card::put(text, record),
            (Format::JsonLines, _) => {
                write_object(text, |object| self.view.put(object, record));
                text.push('\n');
            }
        }
    }

    /// Answers with all records that are found, as [`Self::answer`] does: by id where nothing else was asked for, since all
    /// of them are, and not the best first.
    ///
    /// # Errors
    /// As of [`Self::answer`].
    pub async fn answer_found(
        self,
        name: &str,
        (state, caller, origin): (&Arc<State>, &Arc<Caller>, Origin),
        found: Sought,
    ) -> Result<Reply, Error> {
        let Sought { kind, words, mut selection, deleted } = found;
        if selection.order.is_empty() {
            selection.order.push(Order { field: Field::Id, descending: false });
        }
        let order = selection.order.clone();
        let asked = Arc::new((words, Selection { limit: STEP, ..selection }));
        let (state, caller) = (Arc::clone(state), Arc::clone(caller));
        let read = move |after: Option<Position>| {
            let (state, caller, origin) = (Arc::clone(&state), Arc::clone(&caller), origin.clone());
            let asked = Arc::clone(&asked);
            async move {
                let (words, selection) = &*asked;
                let selection = Selection { after, ..selection.clone() };
                let found = state.matches((kind, words), selection, deleted, &caller, origin).await?;
                Ok(found.page)
            }
        };
        self.answer(name, order, read).await
    }

    /// Answers with all records of a list in that order, of which `read` reads the page after a place. The first page is
    /// there before the answer begins, so that what is refused is refused in words. Who is there all the while, and keeps
    /// their place in the order, is there once, whatever others write meanwhile.
    ///
    /// # Errors
    /// What `read` answers for the first page.
    pub async fn answer<R>(
        self,
        name: &str,
        order: Vec<Order>,
        read: impl Fn(Option<Position>) -> R + Send + Sync + 'static,
    ) -> Result<Reply, Error>
    where
        R: Future<Output = Result<Arc<Page>, Error>> + Send,
    {
        let format = self.format;
        let (sheet, order, read) = (Arc::new(self), Arc::new(order), Arc::new(read));
        let next = move |after: Option<Position>| {
            let (sheet, order, read) = (Arc::clone(&sheet), Arc::clone(&order), Arc::clone(&read));
            async move {
                let mut text = String::new();
                if after.is_none() {
                    sheet.put_head(&mut text);
                }
                let page = read(after).await?;
                page.records.iter().for_each(|record| sheet.put(&mut text, record));
                Ok((text, page.next(&order)))
            }
        };
        Ok(file(format, name, pieces(next).await?))
    }
}

/// Answers with the card of one customer. It has no entity tag, which is that of the JSON.
pub(super) fn card(customer: &Record) -> Response<Bytes> {
    let mut text = String::new();
    card::put(&mut text, customer);
    let mut response = Response::new(text.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(Format::Cards.content_type()));
    response
}

/// Answers with the whole history of a record, newest first, or with that of one of its fields. As CSV it has a line for
/// each field that changed, and one without a field where nobody can tell any more.
///
/// # Errors
/// As of [`ReadHistory`].
pub async fn history(
    (state, caller, origin): (&Arc<State>, &Arc<Caller>, Origin),
    (kind, id): (Kind, i64),
    only: Option<Field>,
    format: Format,
) -> Result<Reply, Error> {
    let (state, caller) = (Arc::clone(state), Arc::clone(caller));
    let next = move |from: Option<i64>| {
        let (state, caller, origin) = (Arc::clone(&state), Arc::clone(&caller), origin.clone());
        async move {
            let history = state.run(ReadHistory { kind, id, from, limit: STEP }, &caller, origin).await?;
            let mut text = String::new();
            if from.is_none() && format == Format::Csv {
                csv::write_line(&mut text, COLUMNS);
            }
            for change in history.changes.iter() {
                if format == Format::Csv {
                    put_lines(&mut text, change, only);
                } else {
                    write_object(&mut text, |object| put_change(object, change));
                    text.push('\n');
                }
            }
            Ok((text, history.next))
        }
    };
    let name = format!("{}-{id}-history", kind.name());
    Ok(file(format, &name, pieces(next).await?))
}

/// Those of a history.
const COLUMNS: [&str; 10] =
    ["version", "at", "dialect", "operation", "credential", "client", "request_id", "field", "from", "to"];

fn put_lines(text: &mut String, change: &Change, only: Option<Field>) {
    let (version, at) = (change.version.to_string(), rfc3339(change.at));
    let Origin { dialect, operation, credential, client, request_id } = &change.origin;
    let mut line = |field: &str, from: &str, to: &str| {
        csv::write_line(text, [&version, &at, dialect, operation, credential, client, request_id, field, from, to]);
    };
    if change.fields.is_empty() && only.is_none() {
        line("", "", "");
    }
    for FieldChange { field, from, to } in
        change.fields.iter().filter(|told| only.is_none_or(|only| told.field == only))
    {
        let [from, to] = [from, to].map(|value| Shown::of(*field, value.as_ref()).plain());
        line(&field.name(), &from, &to);
    }
}

/// What is read piece by piece, each from the place where the one before ended. Nothing more is read when the client has
/// gone, and only one piece more than it takes.
async fn pieces<P: Send + 'static, R>(read: impl Fn(Option<P>) -> R + Send + Sync + 'static) -> Result<Pieces, Error>
where
    R: Future<Output = Result<(String, Option<P>), Error>> + Send,
{
    let (text, mut next) = read(None).await?;
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut piece = Ok(Bytes::from(text));
        loop {
            let is_broken = piece.is_err();
            if sender.send(piece).await.is_err() || is_broken {
                return;
            }
            let Some(place) = next.take() else { return };
            piece = match read(Some(place)).await {
                Ok((text, further)) => {
                    next = further;
                    Ok(text.into())
                }
                Err(error) => {
                    tracing::info!(reason = ?error.reason, "a list that went out was broken off");
                    Err(Aborted)
                }
            };
        }
    });
    Ok(pieces)
}

/// An answer that a browser saves under that name.
fn file(format: Format, name: &str, pieces: Pieces) -> Reply {
    let mut response = Response::new(());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{name}.{}\"", format.extension())) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Reply::streamed(response, pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::error::Reason;

    #[test]
    fn a_page_of_json_is_answered_unless_something_else_is_wanted_more() {
        for (accept, expected) in [
            (None, None),
            (Some("*/*"), None),
            (Some("application/json"), None),
            (Some("text/csv"), Some(Format::Csv)),
            (Some("text/csv, application/json"), None),
            (Some("text/csv, application/json;q=0.9"), Some(Format::Csv)),
            (Some("application/x-ndjson, text/csv;q=0.5"), Some(Format::JsonLines)),
            (Some("text/*, */*;q=0.1"), Some(Format::Csv)),
            (Some("text/html"), None),
            (Some("text/vcard"), Some(Format::Cards)),
        ] {
            assert_eq!(Format::preferred(accept, Format::of(Kind::Customer)), expected, "{accept:?}");
        }
        assert_eq!(Format::preferred(Some("text/vcard"), Format::of(Kind::Ticket)), None);
    }

    async fn read(mut pieces: Pieces) -> Vec<Result<Bytes, Aborted>> {
        let mut all = Vec::new();
        while let Some(piece) = pieces.recv().await {
            all.push(piece);
        }
        all
    }

    #[tokio::test]
    async fn pieces_end_in_order_or_are_broken_off_and_what_is_refused_first_is_refused() {
        let upto = |last: u32, broken: u32| {
            pieces(move |place: Option<u32>| async move {
                match place.unwrap_or(0) {
                    at if at == broken => Err(Error::new(Reason::Forbidden, "no")),
                    at => Ok((format!("{at} "), Some(at + 1).filter(|next| *next <= last))),
                }
            })
        };
        let all = read(upto(3, 99).await.unwrap()).await;
        assert_eq!(all.into_iter().map(|piece| piece.unwrap()).collect::<Vec<_>>().concat(), b"0 1 2 3 ");
        assert_eq!(read(upto(3, 2).await.unwrap()).await, [Ok("0 ".into()), Ok("1 ".into()), Err(Aborted)]);
        assert_eq!(upto(3, 0).await.unwrap_err().reason, Reason::Forbidden);
    }

    #[tokio::test]
    async fn a_client_that_goes_away_ends_the_work() {
        let (reads, mut read) = tokio::sync::watch::channel(0);
        let mut pieces = pieces(move |place: Option<u32>| {
            let at = place.unwrap_or(0);
            reads.send_replace(at);
            async move { Ok((format!("{at}\n"), Some(at + 1))) }
        })
        .await
        .unwrap();
        assert_eq!(pieces.recv().await, Some(Ok("0\n".into())));
        drop(pieces);
        // The channel closes when nobody reads any more: without an end of the work it never would.
        while read.changed().await.is_ok() {}
        assert!(*read.borrow() <= 3, "{}", *read.borrow());
    }
}
