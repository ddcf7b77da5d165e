//! A call as a command or as a program.

use dialects::Request;
use http::Method;
use std::fmt::Write as _;

/// For a shell. `credential` stands in for what is not shown.
pub(super) fn curl(request: &Request, credential: &[(&str, &str)]) -> String {
    let query = request.query.as_deref().map_or(String::new(), |query| format!("?{query}"));
    let mut text = format!("curl {}", quoted(&format!("{}{}{query}", request.base_url, request.path)));
    if request.method != Method::GET {
        let _ = write!(text, " -X {}", request.method);
    }
    for (name, value) in credential {
        match value.strip_prefix("Basic ") {
            Some(pair) => drop(write!(text, " \\\n  -u {}", quoted(pair))),
            None => drop(write!(text, " \\\n  -H {}", quoted(&format!("{name}: {value}")))),
        }
    }
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let _ = write!(text, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
    }
    if !request.body.is_empty() {
        let _ = write!(text, " \\\n  --data-binary {}", quoted(&String::from_utf8_lossy(&request.body)));
    }
    text + "\n"
}

/// In single quotes, which end nowhere but at the end.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// With what .NET has by itself, for a call of SOAP.
pub(super) fn csharp(request: &Request) -> String {
    let query = request.query.as_deref().map_or(String::new(), |query| format!("?{query}"));
    let body = String::from_utf8_lossy(&request.body).replace('"', "\"\"");
    format!(
        "using var client = new HttpClient();\nvar body = new StringContent(@\"{body}\", Encoding.UTF8, \"text/xml\");\n\
         body.Headers.Add(\"SOAPAction\", \"\\\"\\\"\");\n\
         var answer = await client.PostAsync(\"{}{}{query}\", body);\n\
         Console.WriteLine(await answer.Content.ReadAsStringAsync());\n",
        request.base_url, request.path
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_where_it_ends() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$(rm) `x` \\"), "'$(rm) `x` \\'");
    }
}
