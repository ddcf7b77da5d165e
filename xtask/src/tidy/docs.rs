//! Pages that are true: what they lead to is there.

use super::tree::{Finding, Tree};

/// Lines outside of fenced blocks, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence = 0;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let ticks = line.trim_start().bytes().take_while(|byte| *byte == b'`').count();
        match fence {
            0 if ticks >= 3 => fence = ticks,
            0 => return true,
            open if ticks >= open => fence = 0,
            _ => {}
        }
        false
    })
}

/// The targets of a line's links.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let named = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target.trim());
    inline.chain(named)
}

/// `a/b.md` and `../c.md` make `c.md`; `None` leaves the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// How a heading is linked to.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Relative links of every page lead somewhere, to the heading too.
pub(super) fn links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files("", ".md") {
        for (number, line) in prose(&file.text) {
            let relative = targets(line).filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
            for target in relative {
                let (path, heading) = target.split_once('#').unwrap_or((target, ""));
                let path = if path.is_empty() { Some(file.path.clone()) } else { resolve(&file.path, path) };
                let page = path.as_deref().filter(|path| tree.has(path));
                let headings = page.and_then(|page| tree.file(page)).map(|page| prose(&page.text));
                let leads = page.is_some()
                    && (heading.is_empty()
                        || headings
                            .is_some_and(|mut all| all.any(|(_, l)| l.starts_with('#') && anchor(l) == heading)));
                if !leads {
                    findings.push(Finding::new(&file.path, number, format!("{target} leads nowhere")));
                }
            }
        }
    }
    findings
}

/// Every decision is listed, those that code refers to are there, and the change log has a place for what comes.
pub(super) fn pages(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let list = tree.file("docs/adr/README.md").map_or("", |file| &file.text);
    for file in tree.files("docs/adr/", ".md").filter(|file| !file.path.ends_with("README.md")) {
        let name = file.path.trim_start_matches("docs/adr/");
        if !list.contains(&format!("]({name})")) {
            findings.push(Finding::new(&file.path, 0, "is not linked in docs/adr/README.md"));
        }
    }
    for file in [".rs", ".sql", ".sh", ".toml"].into_iter().flat_map(|end| tree.files("", end)) {
        for (number, line) in (1..).zip(file.text.lines()) {
            let named = line.split("docs/adr/").skip(1).filter_map(|rest| rest.get(..4));
            let named = named.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
            for adr in named.filter(|adr| tree.files(&format!("docs/adr/{adr}-"), ".md").next().is_none()) {
                findings.push(Finding::new(&file.path, number, format!("there is no decision {adr}")));
            }
        }
    }
    let log = tree.file("CHANGELOG.md").map_or("", |file| &file.text);
    if !prose(log).any(|(_, line)| ["## Unreleased", "## [Unreleased]"].contains(&line.trim())) {
        findings.push(Finding::new("CHANGELOG.md", 0, "has no section Unreleased"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_somewhere() {
        let count =
            |text: &str| links(&Tree::of(&[("docs/a.md", text), ("b.md", "## The *data*, now"), ("x/y.rs", "")])).len();
        for bad in
            ["[x](c.md)", "[x](../../b.md)", "[x](../b.md#nothing)", "[x]: c.md", "# A\n[x](#b)", "[a](a.md) [x](z)"]
        {
            assert_eq!(count(bad), 1, "{bad}");
        }
        let good = "# A b\n[x](#a-b) [x](../b.md#the-data-now) [x](../x) [x](https://c.d)\n```sh\n[x](c.md)\n```\n[x]: ../x/y.rs";
        assert_eq!(count(good), 0);
    }

    #[test]
    fn pages_that_are_missing_are_found() {
        let log = ("CHANGELOG.md", "## Unreleased");
        let list = ("docs/adr/README.md", "[0001](0001-x.md)");
        let one = ("docs/adr/0001-x.md", "");
        assert_eq!(pages(&Tree::of(&[log, list, one, ("a.rs", "// docs/adr/0001")])), []);
        assert_eq!(pages(&Tree::of(&[log, list, ("docs/adr/0002-y.md", "")])).len(), 1);
        assert_eq!(pages(&Tree::of(&[log, list, one, ("a.rs", "// docs/adr/0003")])).len(), 1);
        assert_eq!(pages(&Tree::of(&[("CHANGELOG.md", "## 1.0.0\n```\n## Unreleased\n```")])).len(), 1);
    }
}
