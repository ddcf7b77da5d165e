//! How an old program is pointed at this server, told by each dialect in the language of the program.

/// What is to be done in one language. `{url}` stands for where the server is.
#[derive(Clone, Copy, Debug)]
pub struct Guide {
    /// The language: `csharp`.
    pub language: &'static str,
    /// Lines for people and code to paste.
    pub text: &'static str,
}

/// The guides of a dialect; none where nobody wrote one yet.
pub fn guides(dialect: &str) -> &'static [Guide] {
    match dialect {
        "superoffice" => crate::superoffice::GUIDES,
        _ => &[],
    }
}

impl Guide {
    /// The text for a server.
    pub fn at(&self, url: &str) -> String {
        self.text.replace("{url}", url.trim_end_matches('/'))
    }
}
