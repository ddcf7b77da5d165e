//! Attachments: bytes in and bytes out, as they are.

use super::{id, records};
use crate::native::errors::Problem;
use crate::native::wire::Query;
use crate::reply::{Aborted, Reply};
use crate::route::Call;
use bytes::Bytes;
use domain::attachment::{Content, chunks};
use domain::error::Reason;
use domain::operation::{CreateAttachment, ReadContent};
use domain::{Error, Field, Kind, Record};
use http::{HeaderValue, Response, header};
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// The type of bytes of which nobody said more.
const UNKNOWN: &str = "application/octet-stream";

pub(in crate::native) async fn create(call: Call<'_>, query: Query<'_>) -> Result<Response<Bytes>, Problem> {
    let name = query.text("name").filter(|name| !name.is_empty()).ok_or_else(|| {
        Error::new(Reason::Required, "Say the name of the file: /v1/attachments?name=report.pdf").at(Field::Name)
    })?;
    let content_type = call.request.header(header::CONTENT_TYPE).map(str::to_owned);
    let bytes = call.request.body.to_vec();
    let content = spawn_blocking(move || Content::new(bytes)).await.map_err(Error::internal)??;
    let create = CreateAttachment { name: name.to_owned(), content_type, access_key: None, unclaimed: false, content };
    records::created(&call, &query, Kind::Attachment, create, "/v1/attachments").await
}

/// The first chunk is read before the answer begins, the others while it goes out: nobody holds more than a few.
pub(in crate::native) async fn content(call: Call<'_>, _: Query<'_>) -> Result<Reply, Problem> {
    let id = id(&call)?;
    let first = call.run(ReadContent { id, chunk: 0 }).await?;
    let mut response = Response::new(());
    describe(&mut response, &first.attachment);
    let chunks = chunks(&first.attachment);
    let bytes = |bytes: Arc<Vec<u8>>| Bytes::from(Arc::unwrap_or_clone(bytes));
    if chunks <= 1 {
        return Ok(response.map(|()| bytes(first.bytes)).into());
    }
    let (sender, pieces) = mpsc::channel(2);
    let (state, caller, origin) = (Arc::clone(call.state), Arc::clone(&call.caller), call.origin());
    tokio::spawn(async move {
        let mut piece = Ok(bytes(first.bytes));
        for chunk in 1..=chunks {
            // Nobody waits any more: the client has gone, or knows that the answer breaks off.
            let broken = piece.is_err();
            if sender.send(piece).await.is_err() || broken || chunk == chunks {
                return;
            }
            let part = state.run(ReadContent { id, chunk }, &caller, origin.clone()).await;
            piece = part.map(|part| bytes(part.bytes)).map_err(|_| Aborted);
        }
    });
    Ok(Reply::streamed(response, pieces))
}

/// A browser saves the bytes under their name, whatever they are, and neither guesses their type nor runs them.
fn describe(response: &mut Response<()>, attachment: &Record) {
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_str(attachment.text(Field::ContentType)).ok();
    let content_type = content_type.filter(|value| !value.is_empty());
    headers.insert(header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static(UNKNOWN)));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CONTENT_LENGTH, attachment.number(Field::Size).unwrap_or(0).into());
    let mut set = |name, text: String| {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_DISPOSITION, disposition(attachment.text(Field::Name)));
    set(header::ETAG, format!("\"{}\"", attachment.text(Field::Sha256)));
}

/// The name for every client: in ASCII, and whole (RFC 6266).
fn disposition(name: &str) -> String {
    let plain =
        |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '/' | '%') || c == ' ' { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    name.bytes().fold(format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''"), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'-' | b'.' | b'_' | b'~' => write!(text, "{}", char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => write!(text, "{}", char::from(byte)),
            _ => write!(text, "%{byte:02X}"),
        };
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_in_ascii_and_whole() {
        for (name, expected) in [
            ("a b.txt", "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"),
            ("å\"\r\n/..%2f", "attachment; filename=\"_____.._2f\"; filename*=UTF-8''%C3%A5%22%0D%0A%2F..%252f"),
        ] {
            assert_eq!(disposition(name), expected);
        }
    }
}
