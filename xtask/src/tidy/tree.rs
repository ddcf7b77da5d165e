//! The files of the repository, and what is found in them.

use std::fmt;
use std::path::Path;
use std::process::Command;

/// A file; the text is empty where it is none.
pub(super) struct File {
    /// From the root, with slashes.
    pub(super) path: String,
    pub(super) text: String,
}

/// Every file that is committed or would be.
pub(super) struct Tree(Vec<File>);

impl Tree {
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let git =
            Command::new("git").arg("-C").arg(root).args(list).output().map_err(|error| format!("git: {error}"))?;
        if !git.status.success() {
            return Err(String::from_utf8_lossy(&git.stderr).into_owned());
        }
        let paths = String::from_utf8(git.stdout).map_err(|error| error.to_string())?;
        let files = paths.split_terminator('\0').filter_map(|path| {
            // What was deleted and not committed yet cannot be read.
            let bytes = std::fs::read(root.join(path)).ok()?;
            Some(File { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() })
        });
        Ok(Self(files.collect()))
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        Self(files.iter().map(file).collect())
    }

    /// The files whose path begins and ends so.
    pub(super) fn files<'a>(&'a self, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a File> {
        self.0.iter().filter(move |file| file.path.starts_with(begin) && file.path.ends_with(end))
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|file| file.path == path)
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        path.is_empty() || self.0.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// The names of the folders right below `folder`, which ends with a slash.
    pub(super) fn folders(&self, folder: &str) -> Vec<&str> {
        let rest = self.0.iter().filter_map(|file| file.path.strip_prefix(folder)?.split_once('/'));
        let mut names: Vec<_> = rest.map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Something that is not as it should be, or not as it should stay.
#[derive(Debug, PartialEq)]
pub(super) struct Finding {
    path: String,
    /// From 1; 0 for the whole file.
    line: usize,
    text: String,
    pub(super) only_warns: bool,
}

impl Finding {
    pub(super) fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, text: text.into(), only_warns: false }
    }

    pub(super) fn warning(path: &str, text: impl Into<String>) -> Self {
        Self { only_warns: true, ..Self::new(path, 0, text) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, text, only_warns } = self;
        let line = if *line == 0 { String::new() } else { format!(":{line}") };
        write!(f, "{path}{line}: {}{text}", if *only_warns { "warning: " } else { "" })
    }
}

/// Lines of Rust without their comments, numbered from 1.
pub(super) fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).map(|(number, line)| {
        // `https://` is no comment.
        let comment = line.match_indices("//").find(|(at, _)| !line.get(..*at).is_some_and(|l| l.ends_with(':')));
        (number, comment.and_then(|(at, _)| line.get(..at)).unwrap_or(line))
    })
}

/// Whether the words stand in the text, and not as parts of longer ones.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let (starts, ends) = (word.starts_with(part), word.ends_with(part));
        !(starts && before.is_some_and(part) || ends && after.is_some_and(part))
    })
}

#[test]
fn words_are_whole_and_comments_are_none() {
    assert!(has_word("a listen b", "listen") && has_word("x.panic!()", "panic!"));
    assert!(!has_word("listener", "listen") && !has_word("re_listen", "listen"));
    assert_eq!(code("a // b\n\"https://x\" // y").collect::<Vec<_>>(), [(1, "a "), (2, "\"https://x\" ")]);
    assert_eq!(Tree::of(&[("a/b/c", ""), ("a/d", ""), ("a/b/e", "")]).folders("a/"), ["b"]);
}
