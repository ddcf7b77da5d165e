//! Compressed answers: of the native API and of our own pages. The vendors' clients get what their vendors sent.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, Response, header};
use std::io::Write as _;
use wire::negotiate::coding;

/// Bodies shorter than this, in bytes, gain nothing.
const LEAST: usize = 1_024;

/// Zstandard's fastest useful level: the caller waits for it.
const LEVEL: i32 = 1;

/// Compresses the body if the client takes that and it is worth it. What carries an entity tag stays as it is: the tag
/// stands for these bytes, and comes back in `If-Match`.
pub(crate) fn compress(request: &HeaderMap, mut response: Response<Bytes>) -> Response<Bytes> {
    let headers = response.headers();
    let is_text = headers.get(header::CONTENT_TYPE).is_some_and(is_text);
    let is_fixed = headers.contains_key(header::ETAG) || headers.contains_key(header::CONTENT_ENCODING);
    if is_fixed || !is_text || response.body().len() < LEAST {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let Some(name) = coding(accepted, &["zstd", "gzip"]) else { return response };
    let body = response.body();
    let compressed = match name {
        "zstd" => zstd::bulk::compress(body, LEVEL),
        _ => {
            let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
            encoder.write_all(body).and_then(|()| encoder.finish())
        }
    };
    // What cannot be compressed is sent as it is.
    let Ok(compressed) = compressed else { return response };
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    response.map(|_| compressed.into())
}

fn is_text(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/") && kind != "text/event-stream" || kind.ends_with("json") || kind.ends_with("javascript")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn answer(accept: &str, kind: &str, body: &str, tag: Option<&str>) -> Response<Bytes> {
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::try_from(accept).unwrap());
        let mut response = Response::new(Bytes::from(body.to_owned()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::try_from(kind).unwrap());
        if let Some(tag) = tag {
            response.headers_mut().insert(header::ETAG, HeaderValue::try_from(tag).unwrap());
        }
        compress(&request, response)
    }

    fn encoding(response: &Response<Bytes>) -> Option<&str> {
        response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn long_texts_are_compressed_as_the_client_likes_it() {
        let body = "record ".repeat(1_000);
        let zipped = answer("gzip, deflate", "application/json", &body, None);
        assert_eq!(encoding(&zipped), Some("gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&zipped.body()[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, body);
        let packed = answer("gzip, zstd", "application/problem+json", &body, None);
        assert_eq!(encoding(&packed), Some("zstd"));
        assert_eq!(zstd::bulk::decompress(packed.body(), body.len()).unwrap(), body.as_bytes());
        assert_eq!(packed.headers()[header::VARY], "accept-encoding");
    }

    #[test]
    fn all_else_is_left_alone() {
        let body = "record ".repeat(1_000);
        for (accept, kind, body, tag) in [
            ("gzip", "application/json", "short", None),
            ("gzip", "application/json", &*body, Some("\"3\"")),
            ("gzip", "image/png", &*body, None),
            ("gzip", "text/event-stream", &*body, None),
            ("br, identity", "application/json", &*body, None),
            ("gzip;q=0", "application/json", &*body, None),
        ] {
            let response = answer(accept, kind, body, tag);
            assert_eq!((encoding(&response), &response.body()[..]), (None, body.as_bytes()), "{accept} {kind}");
        }
    }
}
