//! A first call as a program, in the languages of those who write one: whole, to be pasted.

use dialects::connect::Sample;
use std::fmt::Write as _;

/// The languages, as their users write them.
pub(super) const LANGUAGES: &[&str] = &["C#", "Java", "JavaScript", "PHP", "Python", "curl"];

/// What is called, with nothing left to fill in but who calls.
struct Call<'a> {
    method: &'a str,
    url: String,
    headers: &'a [(&'static str, &'static str)],
    body: String,
}

/// The program in a language.
pub(super) fn of(language: &str, base: &str, sample: &Sample, customer: i64) -> String {
    let filled = |text: &str| text.replace("{id}", &customer.to_string());
    let url = format!("{base}{}", filled(sample.path));
    let call = Call { method: sample.method.as_str(), url, headers: sample.headers, body: filled(sample.body) };
    match language {
        "C#" => csharp(&call),
        "Java" => java(&call),
        "JavaScript" => javascript(&call),
        "PHP" => php(&call),
        "Python" => python(&call),
        _ => curl(&call),
    }
}

impl Call<'_> {
    /// The pair of HTTP Basic, which each language encodes in its own way.
    fn basic(value: &str) -> Option<&str> {
        value.strip_prefix("Basic ")
    }
}

/// In double quotes, as C and all who came after have it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\r', "\\r").replace('\n', "\\n"))
}

/// A text of several lines as several texts, joined.
fn lines(text: &str, joint: &str, indent: &str) -> String {
    let lines: Vec<_> = text.split_inclusive('\n').map(quoted).collect();
    if lines.is_empty() { String::from("\"\"") } else { lines.join(&format!("{joint}\n{indent}")) }
}

fn curl(call: &Call<'_>) -> String {
    let shell = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut text = format!("curl {}", shell(&call.url));
    if call.method != "GET" {
        let _ = write!(text, " -X {}", call.method);
    }
    for (name, value) in call.headers {
        match Call::basic(value) {
            Some(pair) => drop(write!(text, " \\\n  -u {}", shell(pair))),
            None => drop(write!(text, " \\\n  -H {}", shell(&format!("{name}: {value}")))),
        }
    }
    if !call.body.is_empty() {
        let _ = write!(text, " \\\n  --data-binary {}", shell(&call.body));
    }
    text + "\n"
}

fn python(call: &Call<'_>) -> String {
    let mut headers = String::new();
    let mut import = "";
    for (name, value) in call.headers {
        let value = match Call::basic(value) {
            Some(pair) => {
                import = "import base64\n";
                format!("\"Basic \" + base64.b64encode({}.encode()).decode()", quoted(pair))
            }
            None => quoted(value),
        };
        let _ = write!(headers, "\n    {}: {value},", quoted(name));
    }
    let data = match call.body.is_empty() {
        true => String::new(),
        false => format!(", data=(\n    {}\n).encode()", lines(&call.body, "", "    ")),
    };
    format!(
        "{import}import urllib.request\n\ncall = urllib.request.Request({}, method={}, headers={{{headers}\n}}{data})\n\
         with urllib.request.urlopen(call) as answer:\n    print(answer.status, answer.read().decode())\n",
        quoted(&call.url),
        quoted(call.method)
    )
}

fn php(call: &Call<'_>) -> String {
    let single = |text: &str| format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"));
    let mut headers = String::new();
    for (name, value) in call.headers {
        let line = match Call::basic(value) {
            Some(pair) => format!("{} . base64_encode({})", single(&format!("{name}: Basic ")), single(pair)),
            None => single(&format!("{name}: {value}")),
        };
        let _ = write!(headers, "\n        {line},");
    }
    let content = match call.body.is_empty() {
        true => String::new(),
        false => format!("\n    'content' => {},", single(&call.body)),
    };
    format!(
        "<?php\n$call = stream_context_create(['http' => [\n    'method' => {},\n    'header' => [{headers}\n    ],{content}\n    \
         'ignore_errors' => true,\n]]);\necho file_get_contents({}, false, $call), \"\\n\";\n",
        single(call.method),
        single(&call.url)
    )
}

fn javascript(call: &Call<'_>) -> String {
    let mut headers = String::new();
    for (name, value) in call.headers {
        let value = match Call::basic(value) {
            Some(pair) => format!("\"Basic \" + btoa({})", quoted(pair)),
            None => quoted(value),
        };
        let _ = write!(headers, "\n    {}: {value},", quoted(name));
    }
    let body = match call.body.is_empty() {
        true => String::new(),
        false => format!("\n  body: {},", lines(&call.body, " +", "    ")),
    };
    format!(
        "const answer = await fetch({}, {{\n  method: {},\n  headers: {{{headers}\n  }},{body}\n}});\n\
         console.log(answer.status, await answer.text());\n",
        quoted(&call.url),
        quoted(call.method)
    )
}

fn java(call: &Call<'_>) -> String {
    let mut headers = String::new();
    for (name, value) in call.headers {
        let value = match Call::basic(value) {
            Some(pair) => {
                format!("\"Basic \" + java.util.Base64.getEncoder().encodeToString({}.getBytes())", quoted(pair))
            }
            None => quoted(value),
        };
        let _ = write!(headers, "\n            .header({}, {value})", quoted(name));
    }
    let body = match call.body.is_empty() {
        true => String::from("noBody()"),
        false => format!("ofString(\n                {})", lines(&call.body, " +", "                ")),
    };
    format!(
        "import java.net.URI;\nimport java.net.http.*;\n\npublic class Call {{\n    \
         public static void main(String[] arguments) throws Exception {{\n        \
         var call = HttpRequest.newBuilder(URI.create({}))\n            \
         .method({}, HttpRequest.BodyPublishers.{body}){headers}\n            .build();\n        \
         var answer = HttpClient.newHttpClient().send(call, HttpResponse.BodyHandlers.ofString());\n        \
         System.out.println(answer.statusCode() + \" \" + answer.body());\n    }}\n}}\n",
        quoted(&call.url),
        quoted(call.method)
    )
}

fn csharp(call: &Call<'_>) -> String {
    let (mut headers, mut kind) = (String::new(), "text/plain");
    for (name, value) in call.headers {
        if name.eq_ignore_ascii_case("content-type") {
            kind = value.split(';').next().unwrap_or(value);
            continue;
        }
        let value = match Call::basic(value) {
            Some(pair) => {
                format!("\"Basic \" + Convert.ToBase64String(Encoding.UTF8.GetBytes({}))", quoted(pair))
            }
            None => quoted(value),
        };
        let _ = write!(headers, "\n        call.Headers.TryAddWithoutValidation({}, {value});", quoted(name));
    }
    let body = match call.body.is_empty() {
        true => String::new(),
        false => format!(
            "\n        call.Content = new StringContent(\n            {},\n            Encoding.UTF8, {});",
            lines(&call.body, " +", "            "),
            quoted(kind)
        ),
    };
    format!(
        "using System;\nusing System.Net.Http;\nusing System.Text;\n\nclass Call\n{{\n    static void Main()\n    {{\n        \
         var call = new HttpRequestMessage(new HttpMethod({}), {});{headers}{body}\n        \
         var answer = new HttpClient().SendAsync(call).Result;\n        \
         Console.WriteLine((int)answer.StatusCode + \" \" + answer.Content.ReadAsStringAsync().Result);\n    }}\n}}\n",
        quoted(call.method),
        quoted(&call.url)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_text_but_its_end() {
        assert_eq!(quoted("a\"b\\\n"), r#""a\"b\\\n""#);
        let sample = Sample {
            operation: "x",
            method: http::Method::POST,
            path: "/{id}",
            headers: &[("A", "it's \"$b\"")],
            body: "it's\n\"$c\" \\",
        };
        let of = |language| of(language, "http://x", &sample, 7);
        assert!(of("PHP").contains(r"'it\'s") && of("PHP").contains(r#""$c" \\'"#), "{}", of("PHP"));
        assert!(of("curl").contains(r"'A: it'\''s") && of("curl").contains("'http://x/7' -X POST"));
        for language in ["C#", "Java", "JavaScript", "Python"] {
            assert!(of(language).contains(r#""\"$c\" \\""#), "{}", of(language));
        }
    }
}
