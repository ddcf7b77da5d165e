//! Views of lists under names: some for everybody, and each browser's own, kept in a cookie of its own.

use domain::error::Reason;
use domain::{Error, Kind};
use std::fmt::Write as _;
use wire::form::percent_encode;

use super::{inspector, kind_of_name, many};
use crate::console::form::{Form, query};
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit, cookie, see_other, set_cookie};

/// The cookie.
const VIEWS: &str = "samerow_views";

/// Views that one browser keeps, and the longest query of one, in bytes: a cookie holds 4 KB.
const MOST: usize = 12;
const LONGEST: usize = 400;
const COOKIE: usize = 3_500;

/// Two years, in seconds.
const KEPT: i64 = 63_072_000;

/// Customers who are most likely one.
const DUPLICATES: &str = "shared(emails) or shared(name, phone)";

/// What the refusal of a stale copy says, which Bing Ads calls a TimestampNotMatch.
const CONFLICTS: &str = "changed since";

/// A view in a list's page.
pub(super) struct View {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) is_own: bool,
    pub(super) is_here: bool,
}

/// A view that this browser keeps: kind, name, query.
type Own = (String, String, String);

fn own(visit: &Visit<'_>) -> Vec<Own> {
    let text = cookie(visit.request(), VIEWS).unwrap_or_default();
    let form = Form::read(text.as_bytes()).unwrap_or_default();
    let view = |(name, query): (&str, &str)| {
        let (kind, name) = name.split_once(':')?;
        Some((kind.to_owned(), name.to_owned(), query.to_owned()))
    };
    form.pairs().filter_map(view).take(MOST).collect()
}

/// Everybody's views of a kind, then this browser's.
pub(super) fn of(visit: &Visit<'_>, kind: Kind) -> Vec<View> {
    let words = visit.words();
    let today = Moment::of(visit.state.app.now()).exact.get(..10).unwrap_or_default().to_owned();
    let mut views: Vec<(String, String, bool)> = Vec::new();
    let mut everybodys = |key: &'static str, filter: &str| {
        views.push((words.get(key).to_owned(), query(&[("filter", filter)]), false));
    };
    match kind {
        Kind::Ticket => {
            everybodys("view_open", "ticket_status = open");
            if let Some(user) = visit.caller().user {
                everybodys("view_mine", &format!("ticket_status = open and owner = {user}"));
            }
            everybodys("view_nobodys", "ticket_status = open and owner = null");
            everybodys("view_waiting", "ticket_status = postponed");
        }
        Kind::Customer => {
            everybodys("view_today", &format!("updated_at > {today}"));
            everybodys("view_duplicates", DUPLICATES);
            everybodys("view_locked", "locked = true");
        }
        _ => {}
    }
    let own = own(visit).into_iter().filter(|(known, _, _)| known == kind.name());
    views.extend(own.map(|(_, name, query)| (name, query, true)));
    let list = visit.at(&format!("/{}", many(kind)));
    let here = visit.request().query.as_deref().map_or(String::new(), |query| format!("?{query}"));
    let view = |(name, query, is_own): (String, String, bool)| View {
        name,
        is_here: query == here,
        address: format!("{list}{query}"),
        is_own,
    };
    let mut views: Vec<View> = views.into_iter().map(view).collect();
    // What was refused because somebody else was faster is seen among the calls.
    if kind == Kind::Customer && inspector::admit(visit).is_ok() {
        let address = visit.at(&format!("/inspector{}", query(&[("outcome", "refused"), ("q", CONFLICTS)])));
        let name = words.get("view_conflicts").to_owned();
        views.push(View { name, address, is_own: false, is_here: false });
    }
    views
}

pub(super) fn save(visit: &Visit<'_>) -> Outcome {
    let form = visit.form()?;
    let (kind, name, query) = (form.text("kind"), form.text("name").trim(), form.text("query"));
    let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
    let is_query = query.is_empty() || query.starts_with('?');
    let (true, false, Some(known)) = (is_query && query.len() <= LONGEST, name.is_empty(), kind_of_name(kind)) else {
        return Err(Error::new(Reason::Invalid, "A view needs a name, and a list that is not too long to describe"));
    };
    let mut views = own(visit);
    views.retain(|(of, called, _)| !(of == kind && *called == name));
    views.push((kind.to_owned(), name, query.to_owned()));
    views.drain(..views.len().saturating_sub(MOST));
    answer(visit, known, query, &views)
}

pub(super) fn forget(visit: &Visit<'_>) -> Outcome {
    let form = visit.form()?;
    let (kind, name) = (form.text("kind"), form.text("name"));
    let known = kind_of_name(kind).ok_or_else(|| Error::not_found("There is no such list"))?;
    let mut views = own(visit);
    views.retain(|(of, called, _)| !(of == kind && called == name));
    answer(visit, known, "", &views)
}

/// Back to the list, with what the browser keeps now: the oldest go where there is too much.
fn answer(visit: &Visit<'_>, kind: Kind, query: &str, views: &[Own]) -> Outcome {
    let written = |views: &[Own]| {
        views.iter().fold(String::new(), |mut text, (kind, name, query)| {
            if !text.is_empty() {
                text.push('&');
            }
            percent_encode(&mut text, &format!("{kind}:{name}"));
            let _ = text.write_char('=');
            percent_encode(&mut text, query);
            text
        })
    };
    let fits = (0..=views.len()).filter_map(|first| views.get(first..)).map(written).find(|text| text.len() <= COOKIE);
    let mut response = see_other(&visit.at(&format!("/{}{query}", many(kind))));
    set_cookie(visit.request(), &mut response, VIEWS, &fits.unwrap_or_default(), KEPT);
    Ok(response.into())
}
