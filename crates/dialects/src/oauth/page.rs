//! The pages that a user sees. They need no script.

use super::{escaped, told};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::sync::LazyLock;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem;color-scheme:light dark}\
    label{display:block;margin:.8rem 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4rem}\
    button{font:inherit;padding:.4rem 1rem;margin:.8rem .5rem 0 0}[role=alert]{border-left:.25rem solid #b00020;padding-left:.6rem}";

/// Nothing but the style: no script, no frame around it, nothing from elsewhere.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'");
    HeaderValue::try_from(policy).ok()
});

fn page(status: StatusCode, title: &str, body: &str) -> Response<Bytes> {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\n\
         <body><main>\n<h1>{title}</h1>\n{body}</main></body>\n</html>\n"
    );
    let mut response = told(status, text, "text/html; charset=utf-8");
    let headers = response.headers_mut();
    if let Some(policy) = &*POLICY {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

/// Asks a user to sign in and to let a program in. `hidden` comes back with the answer.
pub(super) fn ask(
    status: StatusCode,
    client: &str,
    goes_to: &str,
    hidden: &[(&str, &str)],
    problem: &str,
) -> Response<Bytes> {
    let mut body = String::with_capacity(2_048);
    if !problem.is_empty() {
        let _ = writeln!(body, "<p role=\"alert\">{}</p>", escaped(problem));
    }
    let _ = writeln!(
        body,
        "<p>The program <strong>{}</strong> asks to read and change customers as you. You are then led to {}.</p>",
        escaped(client),
        escaped(goes_to)
    );
    body.push_str("<form method=\"post\" autocomplete=\"off\">\n");
    for (name, value) in hidden {
        let _ = writeln!(body, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value));
    }
    body.push_str(
        "<label>User name <input name=\"username\" autocomplete=\"username\" autofocus required></label>\n\
         <label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\n\
         <button name=\"decision\" value=\"allow\">Sign in and allow</button>\n\
         <button name=\"decision\" value=\"deny\" formnovalidate>Do not allow</button>\n</form>\n",
    );
    page(status, "Sign in", &body)
}

/// Where a code arrives that a program reads from the address.
pub(super) fn done() -> Response<Bytes> {
    page(StatusCode::OK, "Signed in", "<p>The program goes on by itself. You can close this window.</p>\n")
}

/// What went wrong before it was known whom to send back to.
pub(super) fn refused(status: StatusCode, why: &str) -> Response<Bytes> {
    page(status, "This does not work", &format!("<p>{}</p>\n", escaped(why)))
}
