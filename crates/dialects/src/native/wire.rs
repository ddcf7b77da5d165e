//! The shapes around the record: bodies, queries, pages, history.

use super::entity_tag::entity_tag;
use super::errors::Problem;
use super::fields::{Shown, View};
use crate::moment::rfc3339;
use crate::{Refusal, Request};
use bytes::Bytes;
use domain::change::{FieldChange, Origin};
use domain::error::Reason;
use domain::operation::{Certificate, Export};
use domain::{Caller, Change, Error, Record};
use http::{HeaderValue, Response, StatusCode, header};
use wire::json::{self, ListWriter, ObjectWriter};
use wire::{form, media_type};

/// The media types of a body. A merge patch of nothing is the whole record, so that one form serves both.
pub(super) const BODY_TYPES: &str = "application/merge-patch+json, application/json";

/// The media types of a change of some members.
pub(super) const PATCH_TYPES: &str = "application/merge-patch+json, application/json, application/json-patch+json";

/// The media type of a patch that is a list of operations.
pub(super) const JSON_PATCH: &str = "application/json-patch+json";

/// The media type of what would come of a change: no record, so that nobody takes it for one.
pub(super) const TRIAL: &str = "application/vnd.samerow.trial+json";

/// Most records and changes of one page.
const MAX_LIMIT: u32 = 200;

/// How many there are when nobody says.
const DEFAULT_LIMIT: u32 = 50;

/// Reads a body. Without a declared type it is taken for JSON.
///
/// # Errors
/// 415 for another type or charset, 413 for a body that is too long, 400 for one that is not JSON as we take it, with a
/// pointer to what is wrong inside it.
pub(super) fn body(request: &Request) -> Result<json::Value<'_>, Problem> {
    typed_body(request, BODY_TYPES)
}

/// Whether the body is declared to be a JSON Patch.
pub(super) fn is_json_patch(request: &Request) -> bool {
    let declared = request.header(header::CONTENT_TYPE).and_then(|declared| media_type::content_type(declared).ok());
    declared.is_some_and(|media| media.essence == JSON_PATCH)
}

/// Reads a body of one of these types, as [`body`] does.
///
/// # Errors
/// As [`body`].
pub(super) fn typed_body<'r>(request: &'r Request, types: &str) -> Result<json::Value<'r>, Problem> {
    let unread = |text: String| Refusal::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into();
    if let Some(declared) = request.headers.get(header::CONTENT_TYPE) {
        let declared = String::from_utf8_lossy(declared.as_bytes());
        let media = media_type::content_type(&declared).map_err(|error| unread(error.to_string()))?;
        if !types.split(", ").any(|known| known == media.essence) {
            return Err(unread(format!("A body of type {} is not read: send {types}", media.essence)));
        }
        if let Some(charset) = media.charset().filter(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
            return Err(unread(format!("A body in {charset} is not read: JSON is UTF-8")));
        }
    }
    json::parse(&request.body, &json::Limits::default()).map_err(|error| {
        let status = match error.problem {
            json::Problem::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        Problem::unreadable(status, error.to_string(), error.pointer)
    })
}

/// The query parameters, each at most once.
#[derive(Debug)]
pub(super) struct Query<'a>(form::Pairs<'a>);

impl<'a> Query<'a> {
    /// # Errors
    /// 400 for a query that cannot be read; `Invalid` for a parameter that is not among the known ones or comes twice:
    /// what is misspelt must not silently do something else.
    pub(super) fn read(request: &'a Request, known: &[&str]) -> Result<Self, Problem> {
        let query = request.query.as_deref().unwrap_or_default();
        let pairs = form::parse(query.as_bytes(), &form::Limits { pairs: 100, ..form::Limits::default() })
            .map_err(|error| Refusal::request(StatusCode::BAD_REQUEST, error.to_string()))?;
        for (at, (name, _)) in pairs.iter().enumerate() {
            let name = &**name;
            let wrong = match known {
                _ if pairs.iter().take(at).any(|(other, _)| other == name) => "is given twice".to_owned(),
                _ if known.contains(&name) => continue,
                [] => "is given, but there are no query parameters here".to_owned(),
                known => format!("is no query parameter here, only {}", known.join(", ")),
            };
            let shown: String = name.chars().take(64).collect();
            return Err(Error::new(Reason::Invalid, format!("{shown:?} {wrong}")).into());
        }
        Ok(Self(pairs))
    }

    /// How many at most.
    ///
    /// # Errors
    /// `Invalid` for anything but a whole number from 1 to 200.
    pub(super) fn limit(&self) -> Result<u32, Error> {
        let limit = self.digits("limit").map_or(Some(DEFAULT_LIMIT), |digits| digits.parse().ok());
        limit
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| Error::new(Reason::Invalid, format!("limit must be a whole number from 1 to {MAX_LIMIT}")))
    }

    /// Whether a parameter is `true`; without it, it is not.
    ///
    /// # Errors
    /// `Invalid` for anything but `true` and `false`: who begins to say `dry_run` does not mean that it be done.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.given(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Error::new(Reason::Invalid, format!("{name} must be true or false"))),
        }
    }

    /// A parameter as it is given, be it empty.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, text)| &**text)
    }

    /// A parameter that is given and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, text)| known == name && !text.is_empty()).map(|(_, text)| &**text)
    }

    /// A parameter that is given; `""` when it is anything but digits, so that it cannot be a number.
    fn digits(&self, name: &str) -> Option<&str> {
        let text = self.text(name)?;
        Some(if text.bytes().all(|byte| byte.is_ascii_digit()) { text } else { "" })
    }
}

/// An answer of JSON.
pub(super) fn answer(status: StatusCode, members: impl FnOnce(&mut ObjectWriter<'_>)) -> Response<Bytes> {
    answer_of(2_048, status, members)
}

/// An answer of JSON of about that many bytes.
fn answer_of(bytes: usize, status: StatusCode, members: impl FnOnce(&mut ObjectWriter<'_>)) -> Response<Bytes> {
    let mut body = String::with_capacity(bytes);
    json::write_object(&mut body, members);
    let mut response = ready(body.into());
    *response.status_mut() = status;
    response
}

/// An answer of JSON that is written already.
pub(super) fn ready(body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// One record with its entity tag.
pub(super) fn record(status: StatusCode, record: &Record, view: &View) -> Response<Bytes> {
    let mut response = answer(status, |object| view.put(object, record));
    response.headers_mut().insert(header::ETAG, entity_tag(record.version));
    response
}

/// One record with the secret that was just made for it, which is never shown again: then its place is null.
pub(super) fn record_with_secret(
    status: StatusCode,
    record: &Record,
    (member, secret): (&str, Option<&str>),
) -> Response<Bytes> {
    let mut response = answer(status, |object| {
        View::default().put(object, record);
        object.put(member, secret);
    });
    response.headers_mut().insert(header::ETAG, entity_tag(record.version));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Who calls, and what they may do.
pub(super) fn caller(caller: &Caller) -> Response<Bytes> {
    answer(StatusCode::OK, |object| {
        object.put("name", &caller.name).put("role", caller.role.name()).put("tenant", caller.tenant.number);
        object.put("user", caller.user).put("key", caller.key);
        let mut list = |name: &str, texts: &[String]| {
            object.list(name, |list| {
                for text in texts {
                    list.put(text);
                }
            });
        };
        list("scopes", &caller.scopes.texts());
        list("networks", &caller.networks.iter().map(ToString::to_string).collect::<Vec<_>>());
        list("masked_fields", &caller.masked.iter().map(ToString::to_string).collect::<Vec<_>>());
        object.put("expires_at", caller.expires_at.map(rfc3339));
    })
}

/// Everything that is kept of a person.
pub(super) fn export(export: &Export, put: impl Fn(&mut ObjectWriter<'_>, &Record)) -> Response<Bytes> {
    let Export { person, history } = export;
    answer(StatusCode::OK, |object| {
        object.object("customer", |object| put(object, &person.customer));
        let lists = [
            ("merged", &person.merged),
            ("accounts", &person.accounts),
            ("tickets", &person.tickets),
            ("messages", &person.messages),
            ("attachments", &person.attachments),
        ];
        for (name, records) in lists {
            object.list(name, |list| {
                for record in records {
                    list.object(|object| put(object, record));
                }
            });
        }
        object.list("history", |list| {
            for change in history.iter() {
                list.object(|object| put_change(object, change));
            }
        });
    })
}

/// What erasures took away, or would.
pub(super) fn certificates(certificates: &[Certificate]) -> Response<Bytes> {
    answer(StatusCode::OK, |object| {
        object.list("data", |list| {
            for certificate in certificates {
                list.object(|object| {
                    let Certificate {
                        customer,
                        at,
                        by,
                        fields,
                        accounts,
                        tickets,
                        messages,
                        attachments,
                        changes,
                        dry_run,
                    } = certificate;
                    object.put("customer", *customer).put("at", rfc3339(*at)).put("by", by).put("dry_run", *dry_run);
                    object.list("fields", |list| {
                        for field in fields {
                            list.put(field.name());
                        }
                    });
                    object.put("accounts", *accounts).put("tickets", *tickets).put("messages", *messages);
                    object.put("attachments", *attachments).put("changes", *changes);
                });
            }
        });
    })
}

/// That it is done, and that there is nothing to show.
pub(super) fn done() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// That the caller has it already.
pub(super) fn not_modified(version: u64) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().insert(header::ETAG, entity_tag(version));
    response
}

/// A page of a list.
pub(super) fn page<T>(
    items: &[T],
    next: Option<impl ToString>,
    put: impl Fn(&mut ObjectWriter<'_>, &T),
) -> Response<Bytes> {
    page_of(items.len(), next, None, |list| {
        for item in items {
            list.object(|object| put(object, item));
        }
    })
}

/// As [`page`], of that many items that the function adds, with what else there is to say of it.
pub(super) fn page_of(
    count: usize,
    next: Option<impl ToString>,
    notice: Option<&str>,
    items: impl FnOnce(&mut ListWriter<'_>),
) -> Response<Bytes> {
    answer_of(1_024 * (count + 1), StatusCode::OK, |page| {
        page.list("data", items);
        // A text, so that what is in it can change.
        page.put("next_cursor", next.map(|next| next.to_string()));
        if let Some(notice) = notice {
            page.put("notice", notice);
        }
    })
}

/// One change of a history. A field shows as it does in its record, but a name and a status as they were set.
pub(super) fn put_change(item: &mut ObjectWriter<'_>, change: &Change) {
    let Origin { dialect, operation, credential, client, request_id } = &change.origin;
    item.put("version", change.version).put("at", rfc3339(change.at));
    item.object("origin", |origin| {
        origin.put("dialect", dialect).put("operation", operation).put("credential", credential);
        origin.put("client", client).put("request_id", request_id);
    });
    put_fields(item, &change.fields);
}

/// What changed, field by field.
pub(super) fn put_fields(item: &mut ObjectWriter<'_>, fields: &[FieldChange]) {
    item.list("changes", |changes| {
        for change in fields {
            changes.object(|object| {
                object.put("field", change.field.name());
                Shown::of(change.field, change.from.as_ref()).put(object, "from");
                Shown::of(change.field, change.to.as_ref()).put(object, "to");
            });
        }
    });
}

/// One event of the feed: a change as the history shows it, with whose it is and where a reader is who has seen it.
pub(super) fn put_event(event: &mut ObjectWriter<'_>, tenant: &str, cursor: &str, change: &Change) {
    event.put("cursor", cursor);
    put_told(event, tenant, change);
}

/// A change with whose it is.
pub(super) fn put_told(event: &mut ObjectWriter<'_>, tenant: &str, change: &Change) {
    event.put("tenant", tenant);
    event.put("kind", change.kind.name()).put("id", change.id);
    put_change(event, change);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use http::{HeaderMap, HeaderName, Method};
    use std::net::{IpAddr, Ipv4Addr};

    /// A request with these headers and this query, or body.
    pub(in crate::native) fn request(headers: &[(&str, &str)], text: &str) -> Request {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        Request {
            method: Method::GET,
            path: "/v1/customers".to_owned(),
            query: Some(text.to_owned()),
            headers: map,
            body: Bytes::copy_from_slice(text.as_bytes()),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            base_url: "http://localhost".to_owned(),
            tenant: None,
            id: "id".to_owned(),
        }
    }

    #[test]
    fn a_body_is_json_whatever_it_is_called() {
        let status = |headers: &[(&str, &str)], text: &str| match body(&request(headers, text)) {
            Ok(_) => 200,
            Err(problem) => match problem.refusal() {
                Refusal::Request(status, _) => status.as_u16(),
                Refusal::Operation(error) => panic!("{error}"),
            },
        };
        for (declared, expected) in [
            ("application/merge-patch+json", 200),
            ("application/json", 200),
            ("Application/JSON; charset=UTF-8", 200),
            ("application/json; charset=iso-8859-1", 415),
            ("application/json-patch+json", 415),
            ("application/x-www-form-urlencoded", 415),
            ("text/plain", 415),
            ("json", 415),
            ("", 415),
        ] {
            assert_eq!(status(&[("content-type", declared)], "{}"), expected, "{declared}");
        }
        for (text, expected) in [
            ("{}", 200),
            ("\u{feff}{}", 200),
            ("", 400),
            ("{} {}", 400),
            (r#"{"note":1e999}"#, 400),
            (r#"{"note":"a","note":"b"}"#, 400),
            (r#"{"note":"\u0000"}"#, 400),
            (r#"{"note":"\ud800"}"#, 400),
            (&"[".repeat(100), 400),
            (&" ".repeat((1 << 20) + 1), 413),
        ] {
            assert_eq!(status(&[], text), expected, "{}", text.chars().take(40).collect::<String>());
        }
    }

    #[test]
    fn a_query_holds_known_parameters_once() {
        let page = |query: &str| {
            let request = request(&[], query);
            let query = Query::read(&request, &["limit", "cursor"]).ok()?;
            Some((query.limit().ok()?, query.text("cursor").map(str::to_owned)))
        };
        for (query, expected) in [
            ("", Some((50, None))),
            ("limit=200&cursor=7", Some((200, Some("7".to_owned())))),
            ("limit=&cursor=", Some((50, None))),
            ("limit=0", None),
            ("limit=201", None),
            ("limit=-1", None),
            ("limit=%2B1", None),
            ("limit=1e1", None),
            ("limit=99999999999", None),
            ("limit=1&limit=1", None),
            ("limt=1", None),
            ("limit=%zz", None),
        ] {
            assert_eq!(page(query), expected, "{query}");
        }
        let flag = |query: &str| Query::read(&request(&[], query), &["dry_run"]).ok()?.flag("dry_run").ok();
        for (query, expected) in
            [("", Some(false)), ("dry_run=true", Some(true)), ("dry_run=false", Some(false)), ("dry_run=", None)]
        {
            assert_eq!(flag(query), expected, "{query}");
        }
        assert!(Query::read(&request(&[], "a=1"), &[]).is_err() && Query::read(&request(&[], ""), &[]).is_ok());
    }
}
