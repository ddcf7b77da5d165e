//! What every page is framed in.

use super::assets;
use super::shown::Moment;
use super::words::Words;

/// The frame of a page.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) words: &'static Words,
    /// Where the console is.
    pub(super) root: String,
    /// Where this page is.
    pub(super) address: String,
    /// The entry of the navigation that it belongs to.
    pub(super) here: &'static str,
    pub(super) title: String,
    /// Who looks; `""` for nobody.
    pub(super) user: String,
    pub(super) role: &'static str,
    pub(super) may_write: bool,
    pub(super) may_manage: bool,
    /// Whether they operate the server: what concerns all tenants is for them.
    pub(super) is_operator: bool,
    /// What forms bring along.
    pub(super) csrf: String,
    /// `light`, `dark` or `system`.
    pub(super) theme: String,
    pub(super) request_id: String,
    /// What was just done; `""` for nothing.
    pub(super) notice: String,
}

impl Page {
    /// A text.
    pub(super) fn t<'k>(&self, key: &'k str) -> &'k str {
        self.words.get(key)
    }

    /// A text with a value in it.
    pub(super) fn with(&self, key: &str, value: impl std::fmt::Display) -> String {
        self.words.with(key, value)
    }

    /// A text about so many.
    pub(super) fn count(&self, key: &str, number: &u64) -> String {
        self.words.count(key, *number)
    }

    /// A moment in a sentence.
    pub(super) fn when(&self, moment: &Moment) -> String {
        self.words.when(moment)
    }

    /// The name of a role, a kind or a choice for people.
    pub(super) fn named<'k>(&self, heading: &str, name: &'k str) -> &'k str {
        self.words.named(heading, name)
    }

    pub(super) fn is_here(&self, name: &str) -> bool {
        self.here == name
    }

    pub(super) fn is_theme(&self, theme: &str) -> bool {
        self.theme == theme
    }

    /// The address of a static file.
    pub(super) fn asset(&self, name: &str) -> String {
        format!("{}/static/{}", self.root, assets::address(name))
    }

    /// What the palette leads to beyond the navigation: name and address.
    pub(super) fn further(&self) -> Vec<(String, String)> {
        let at = |path: &str| format!("{}{path}", self.root);
        let mut further = Vec::new();
        if self.may_write {
            let new = [("customer", "/customers/new"), ("ticket", "/tickets/new"), ("company", "/companies/new")];
            further.extend(new.map(|(kind, path)| (self.named("new", kind).to_owned(), at(path))));
        }
        let dialects = dialects::ALL.iter();
        further.extend(dialects.map(|one| (one.title.to_owned(), at(&format!("/dialects/{}", one.name)))));
        if self.may_manage {
            further.extend(
                super::pages::settings_pages().map(|(kind, path)| (self.named("many", kind).to_owned(), at(&path))),
            );
            let others = [("access", "/access"), ("sessions", "/sessions"), ("about_samerow", "/about")];
            further.extend(others.map(|(name, path)| (self.t(name).to_owned(), at(path))));
        }
        further.push((self.t("account").to_owned(), at("/account")));
        further
    }

    /// The entries of the navigation: name and address.
    pub(super) fn navigation(&self) -> Vec<(&'static str, String)> {
        let mut entries = vec!["overview", "customers", "tickets", "companies"];
        let admitted = [("inspector", self.is_operator), ("settings", self.may_manage)];
        entries.extend(admitted.into_iter().filter(|(_, may)| *may).map(|(name, _)| name));
        entries.extend(["dialects", "fields"]);
        let address = |name| if name == "overview" { self.root.clone() } else { format!("{}/{name}", self.root) };
        entries.into_iter().map(|name| (name, address(name))).collect()
    }
}
