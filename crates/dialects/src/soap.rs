//! What dialects over SOAP share: the answers around a call, and how its body is read.

use crate::{Answer, Refusal, Request};
use ::wire::media_type;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

/// XML, and nothing that a browser would guess.
pub(crate) fn xml(body: String) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    let xml = HeaderValue::from_static("text/xml; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, xml);
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// An answer that is not one to a call.
pub(crate) const fn plain(response: Response<Bytes>) -> Answer {
    Answer { response, pieces: None, operation: "", refused: None }
}

/// What `OPTIONS` answers.
pub(crate) fn options() -> Answer {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    plain(allow(response))
}

/// The answer to a method that is not offered.
pub(crate) fn wrong_method(request: &Request, refuse: fn(&Request, &Refusal) -> Response<Bytes>) -> Answer {
    let text = format!("{} is not offered here, only POST for calls and GET for the WSDL", request.method);
    let refusal = Refusal::request(StatusCode::METHOD_NOT_ALLOWED, text);
    let response = allow(refuse(request, &refusal));
    Answer { response, pieces: None, operation: "", refused: Some(refusal) }
}

fn allow(mut response: Response<Bytes>) -> Response<Bytes> {
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

/// Where the client sees this path: what a WSDL says of where to post to.
pub(crate) fn address(request: &Request) -> String {
    format!("{}{}", request.base_url, request.path)
}

/// The charset that came with the body, if one did.
///
/// # Errors
/// The status and the sentence for a body that is not said to be XML.
pub(crate) fn charset(request: &Request) -> Result<Option<String>, (StatusCode, String)> {
    let Some(declared) = request.header(header::CONTENT_TYPE) else { return Ok(None) };
    let media = media_type::content_type(declared).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    if !media.essence.ends_with("xml") {
        let text = format!("A body of type {} is not read: send text/xml", media.essence);
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    Ok(media.charset().map(str::to_owned))
}
