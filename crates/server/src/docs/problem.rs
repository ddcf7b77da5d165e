//! A page about each problem: what happened, and what to do.

use super::html::{Prose, Text, whole};
use dialects::native::problems::{Problem, all};

/// The list of them.
pub(super) fn list() -> String {
    let row = |Problem { code, status, title, .. }: &Problem| {
        let status = status.as_u16();
        let (code, title) = (Text(code), Text(title));
        format!(
            "<tr><td><a href=\"/docs/problems/{code}\"><code>{code}</code></a></td><td>{status}</td><td>{title}</td></tr>\n"
        )
    };
    let rows: String = all().iter().map(row).collect();
    let body = format!(
        "<p>Every refusal of the native API is <code>application/problem+json</code> (RFC 9457). Its <code>code</code> is what \
         a program decides by, and its <code>type</code> is the address of one of these pages.</p>\n<table>\n\
         <thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Status</th><th scope=\"col\">Title</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n"
    );
    whole("Problems", "", &body)
}

/// The pages by their codes.
pub(super) fn pages() -> Vec<(&'static str, String)> {
    let of = |problem: &'static Problem| {
        let Problem { code, status, title, happened, remedy } = problem;
        let body = format!(
            "<p><code>{}</code>, answered with the status {} {}.</p>\n<h2>What happened</h2>\n<p>{}</p>\n\
             <h2>What to do</h2>\n<p>{}</p>\n",
            Text(code),
            status.as_u16(),
            Text(status.canonical_reason().unwrap_or_default()),
            Prose(happened),
            Prose(remedy)
        );
        (code.as_str(), whole(title, "", &body))
    };
    all().iter().map(of).collect()
}
