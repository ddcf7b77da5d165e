//! The dialects: how a program is connected to each, what it offers, and which programs were seen.

use askama::Template;
use dialects::connect::{Connect, Described};
use dialects::{Dialect, SignInLimits};
use domain::filter::Selection;
use domain::operation::{Deleted, ListRecords};
use domain::tenant::Tenant;
use domain::{Access, Error, Kind};
use http::{HeaderValue, StatusCode, header};

use crate::census::Program;
use crate::console::form::query;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit};
use crate::console::{html, program};
use crate::inspector::Brief;
use crate::reach::{self, Credential};

/// Programs that are listed of a dialect at most; the file has all.
const MOST: usize = 50;

/// A customer of whom is asked, where there is none.
const ANY: i64 = 10;

/// What somebody can do to a program that they have.
const WAYS: [&str; 4] = ["url", "dns", "proxy", "nothing"];

/// A choice: its name and where it leads, and whether it is the one that is shown.
struct Choice {
    name: String,
    address: String,
    is_chosen: bool,
}

/// A program that was seen.
struct Seen {
    name: String,
    address: String,
    calls: String,
    errors: u64,
    operations: String,
    first: Moment,
    last: Moment,
}

/// An operation, and how much it is called.
struct Offered {
    is: Described,
    calls: String,
    last: Option<Moment>,
}

/// A step of a trial: what was asked, whether it went well, and what came.
struct Tried {
    url: String,
    is_good: bool,
    said: String,
    /// What is said in English whoever reads it.
    detail: String,
    /// The call, where it was kept.
    call: String,
}

/// A dialect among the others.
struct Summary {
    name: &'static str,
    title: &'static str,
    address: String,
    addresses: Vec<String>,
    programs: usize,
    operations: usize,
    last: Option<Moment>,
}

#[derive(Template)]
#[template(path = "dialects.html")]
struct All {
    p: Page,
    summaries: Vec<Summary>,
    sees_programs: bool,
    since: Moment,
    is_strict: bool,
}

#[derive(Template)]
#[template(path = "dialect.html")]
struct One {
    p: Page,
    address: String,
    /// The other dialects.
    others: Vec<Choice>,
    /// Where programs call it.
    addresses: Vec<String>,
    /// Name, address and style of each WSDL.
    wsdls: Vec<(&'static str, String, &'static str)>,
    has: Vec<Choice>,
    is_old: bool,
    ways: Vec<Choice>,
    way: &'static str,
    languages: Vec<Choice>,
    code: String,
    text: String,
    /// The vendor's hosts, in lines of a hosts file.
    hosts: String,
    /// A block of nginx.
    nginx: String,
    base: String,
    may_try: bool,
    needs_developer_token: bool,
    name_typed: String,
    tried: Vec<Tried>,
    offered: Vec<Offered>,
    sees_programs: bool,
    programs: Vec<Seen>,
    since: Moment,
    is_strict: bool,
    options: Vec<(&'static str, String)>,
}

fn sees_programs(visit: &Visit<'_>) -> bool {
    visit.caller().role.allows(Access::Manage) && visit.caller().tenant == Tenant::DEFAULT
}

pub(super) fn all(visit: &Visit<'_>) -> Outcome {
    let (sees_programs, base) = (sees_programs(visit), &visit.request().base_url);
    let summary = |dialect: &&'static Dialect| {
        let programs = if sees_programs { visit.process.census.programs(dialect.name) } else { Vec::new() };
        Summary {
            name: dialect.name,
            title: dialect.title,
            address: visit.at(&format!("/dialects/{}", dialect.name)),
            addresses: dialect.connect.paths.iter().map(|path| format!("{base}{path}")).collect(),
            operations: (dialect.connect.operations)().iter().filter(|one| one.is_offered).count(),
            last: programs.first().map(|(_, program)| Moment::of(program.last())),
            programs: programs.len(),
        }
    };
    let shown = All {
        p: visit.page("dialects", visit.words().get("nav.dialects")),
        summaries: dialects::ALL.iter().map(summary).collect(),
        sees_programs,
        since: Moment::of(visit.process.census.since()),
        is_strict: visit.state.strict,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

fn found(name: &str) -> Result<&'static Dialect, Error> {
    dialects::dialect_named(name).ok_or_else(|| Error::not_found("There is no such dialect"))
}

pub(super) async fn one(visit: &Visit<'_>, name: &str) -> Outcome {
    show(visit, found(name)?, String::new(), Vec::new()).await
}

/// Asks this server what a program would ask it, over the address that programs are told.
pub(super) async fn run(visit: &Visit<'_>, name: &str) -> Outcome {
    let dialect = found(name)?;
    visit.caller().demand(Access::Manage)?;
    if !sees_programs(visit) {
        return Err(Error::new(domain::error::Reason::Forbidden, "This is for who operates the server"));
    }
    let form = visit.form()?;
    let text = |name: &str| form.text(name).to_owned();
    let credential =
        Credential { name: text("name"), secret: text("secret"), developer_token: text("developer_token") };
    let (base, certificate) = (visit.request().base_url.clone(), visit.process.certificate.clone());
    let (customer, known_as) = (some_customer(visit).await, credential.name.clone());
    let asked = tokio::task::spawn_blocking(move || {
        let agent = reach::agent(certificate.as_deref());
        let mut steps = reach::wsdls(&agent, &base, dialect);
        steps.push(reach::probe(&agent, &base, dialect.connect.probe, customer, &credential));
        steps
    });
    let steps = asked.await.map_err(Error::internal)?;
    let mut tried = Vec::new();
    for step in steps {
        let call = match visit.inspector.of_request(&step.id).await {
            Some(number) => visit.inspector.call(number).await.map(|call| call.brief),
            None => None,
        };
        tried.push(told(visit, step, call, known_as.is_empty()));
    }
    show(visit, dialect, text("name"), tried).await
}

/// What came of a step, with what the inspector knows of the call.
fn told(visit: &Visit<'_>, step: reach::Step, call: Option<Brief>, is_stranger: bool) -> Tried {
    let (words, none) = (visit.words(), String::new);
    let (is_good, said, detail) = match (step.outcome, &call) {
        (Err(why), _) => (false, none(), why),
        (Ok(_), Some(call)) if call.outcome == "ok" => {
            let operation = if call.operation.is_empty() { "WSDL" } else { &call.operation };
            (true, words.with("answered", operation), none())
        }
        // Who gave no name wants to know whether it is spoken, not who they are.
        (Ok(_), Some(call)) if is_stranger => (true, words.get("answers_strangers").to_owned(), call.why.clone()),
        (Ok(_), Some(call)) => (false, none(), call.why.clone()),
        (Ok(status), None) => (status < 400, words.with("answered_elsewhere", status), none()),
    };
    let call = call.map_or(String::new(), |call| visit.at(&format!("/inspector/{}", call.number)));
    Tried { url: step.url, is_good, said, detail, call }
}

/// A customer of the tenant, to ask for.
async fn some_customer(visit: &Visit<'_>) -> i64 {
    let selection = Selection { limit: 1, ..Selection::default() };
    let page = visit.run("read", ListRecords { kind: Kind::Customer, selection, deleted: Deleted::Hidden }).await;
    page.ok().and_then(|page| page.records.first().map(|record| record.id)).unwrap_or(ANY)
}

async fn show(visit: &Visit<'_>, dialect: &'static Dialect, name_typed: String, tried: Vec<Tried>) -> Outcome {
    let (words, sees_programs, connect) = (visit.words(), sees_programs(visit), dialect.connect);
    let (base, address) = (visit.request().base_url.clone(), visit.at(&format!("/dialects/{}", dialect.name)));
    let is_old = visit.query("have") != "new";
    let way = WAYS.into_iter().find(|way| *way == visit.query("can")).unwrap_or("url");
    let spoken = languages(connect, is_old);
    let language = visit.query("language");
    let language = spoken.iter().find(|known| **known == language).or(spoken.first()).copied().unwrap_or_default();
    let leads = |have: &str, can: &str, language: &str| {
        format!("{address}{}", query(&[("have", have), ("can", can), ("language", language)]))
    };
    let have = if is_old { "" } else { "new" };
    let choice = |name: &str, address: String, is_chosen: bool| Choice { name: name.to_owned(), address, is_chosen };
    let (code, text) = match (is_old, connect.guides.iter().find(|guide| spelled(guide.language) == language)) {
        (true, Some(guide)) => (guide.code_at(&base), guide.text_at(&base)),
        _ => (program::of(language, &base, connect.sample, some_customer(visit).await), String::new()),
    };
    let seen = if sees_programs { visit.process.census.programs(dialect.name) } else { Vec::new() };
    let shown = One {
        p: visit.page("dialects", dialect.title),
        others: dialects::ALL
            .iter()
            .map(|known| {
                let here = std::ptr::eq(*known, dialect);
                choice(known.title, visit.at(&format!("/dialects/{}", known.name)), here)
            })
            .collect(),
        addresses: connect.paths.iter().map(|path| format!("{base}{path}")).collect(),
        wsdls: wsdls(connect, &base),
        has: vec![
            choice(words.get("old_program"), leads("", way, language), is_old),
            choice(words.get("new_code"), leads("new", "", language), !is_old),
        ],
        is_old,
        ways: WAYS.map(|one| choice(words.named("way", one), leads("", one, language), one == way)).into(),
        way: if is_old { way } else { "url" },
        languages: spoken
            .iter()
            .map(|one| {
                let name = if *one == "any" { words.get("any_language") } else { one };
                choice(name, leads(have, if is_old { way } else { "" }, one), *one == language)
            })
            .collect(),
        code,
        text,
        hosts: hosts(connect),
        nginx: nginx(connect, &base),
        may_try: sees_programs,
        needs_developer_token: connect.probe.body.contains(dialects::connect::DEVELOPER_TOKEN),
        name_typed,
        tried,
        offered: (connect.operations)().into_iter().map(|is| offered(visit, is, &seen)).collect(),
        sees_programs,
        programs: seen.iter().take(MOST).map(|(name, program)| described(visit, name, program)).collect(),
        since: Moment::of(visit.process.census.since()),
        is_strict: visit.state.strict,
        options: options(visit, dialect),
        address,
        base,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// The languages in which something is told.
fn languages(connect: &Connect, is_old: bool) -> Vec<&'static str> {
    match is_old {
        true => connect.guides.iter().map(|guide| spelled(guide.language)).collect(),
        false => program::LANGUAGES.to_vec(),
    }
}

/// A language as its users write it.
fn spelled(language: &'static str) -> &'static str {
    match language {
        "csharp" => "C#",
        "php" => "PHP",
        "perl" => "Perl",
        "python" => "Python",
        "java" => "Java",
        other => other,
    }
}

fn wsdls(connect: &Connect, base: &str) -> Vec<(&'static str, String, &'static str)> {
    let both = |wsdl: &dialects::connect::Wsdl| {
        let own = if wsdl.literal.is_some() { "classic" } else { "literal" };
        let first = (wsdl.name, format!("{base}{}", wsdl.path), own);
        std::iter::once(first).chain(wsdl.literal.map(|path| (wsdl.name, format!("{base}{path}"), "literal")))
    };
    connect.wsdls.iter().flat_map(both).collect()
}

/// The lines of a hosts file that lead the vendor's hosts here.
fn hosts(connect: &Connect) -> String {
    let known = connect.hosts.iter().map(|host| format!("192.0.2.10  {host}\n")).collect::<String>();
    if known.is_empty() { String::from("192.0.2.10  api.vendor.example\n") } else { known }
}

/// A block for a proxy that leads the vendor's paths here and tells what it was called.
fn nginx(connect: &Connect, base: &str) -> String {
    let folder = |path: &&str| path.split('?').next().unwrap_or(path).split('/').nth(1).unwrap_or_default().to_owned();
    let mut folders: Vec<String> = connect.paths.iter().map(folder).collect();
    folders.dedup();
    let upstream = base.split("/t/").next().unwrap_or(base);
    let block = |folder: &String| {
        format!(
            "location /{folder}/ {{\n    proxy_pass {upstream};\n    proxy_set_header Host $host;\n    \
             proxy_set_header X-Forwarded-For $remote_addr;\n    proxy_set_header X-Forwarded-Proto $scheme;\n    \
             proxy_set_header X-Forwarded-Host $host;\n}}\n"
        )
    };
    folders.iter().map(block).collect()
}

fn described(visit: &Visit<'_>, name: &str, program: &Program) -> Seen {
    let words = visit.words();
    let operations: Vec<_> = program.operations.keys().copied().collect();
    Seen {
        name: if name.is_empty() { words.get("nameless").to_owned() } else { name.to_owned() },
        address: program.address.map_or(String::new(), |address| address.to_string()),
        calls: words.number(program.calls()),
        errors: program.errors(),
        operations: operations.join(", "),
        first: Moment::of(program.first()),
        last: Moment::of(program.last()),
    }
}

fn offered(visit: &Visit<'_>, is: Described, seen: &[(String, Program)]) -> Offered {
    let tallies: Vec<_> = seen.iter().filter_map(|(_, program)| program.operations.get(is.name)).collect();
    let calls = tallies.iter().map(|tally| tally.calls).sum::<u64>();
    let last = tallies.iter().map(|tally| tally.last).max().map(Moment::of);
    Offered { is, calls: if calls == 0 { String::new() } else { visit.words().number(calls) }, last }
}

/// What the operator chose, with the name of the setting.
fn options(visit: &Visit<'_>, dialect: &Dialect) -> Vec<(&'static str, String)> {
    let state = visit.state;
    let words = visit.words();
    let yes = |on: bool| words.get(if on { "yes" } else { "no" }).to_owned();
    let mut options = vec![("strict", yes(state.strict))];
    if dialect.name == "everlytic" {
        options.push(("validator1", yes(state.validator1)));
    }
    if dialect.name == "superoffice" {
        options.push(("session-idle", words.seconds(state.sessions.lifetime.idle)));
        options.push(("session-end", words.seconds(state.sessions.lifetime.whole)));
    }
    let SignInLimits { failures_per_name, failures_per_address, .. } = state.sign_in.limits();
    options.push(("failures-per-name", words.number(failures_per_name.into())));
    options.push(("failures-per-address", words.number(failures_per_address.into())));
    options
}

/// The programs as a file, for whoever decides when an old API can go.
pub(super) fn csv(visit: &Visit<'_>) -> Outcome {
    visit.caller().demand(Access::Manage)?;
    if !sees_programs(visit) {
        return Err(Error::new(domain::error::Reason::Forbidden, "This is for who operates the server"));
    }
    let mut text = String::from("dialect,program,address,operation,calls,errors,first,last\r\n");
    for dialect in dialects::ALL {
        for (name, program) in visit.process.census.programs(dialect.name) {
            let address = program.address.map_or(String::new(), |address| address.to_string());
            for (operation, tally) in &program.operations {
                let cells = [
                    dialect.name,
                    &name,
                    &address,
                    operation,
                    &tally.calls.to_string(),
                    &tally.errors.to_string(),
                    &Moment::of(tally.first).exact,
                    &Moment::of(tally.last).exact,
                ];
                wire::csv::write_line(&mut text, cells);
            }
        }
    }
    let mut response = http::Response::new(bytes::Bytes::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"programs.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response.into())
}

/// A call of each dialect, for whoever has none yet.
pub(super) fn samples(visit: &Visit<'_>) -> Vec<(&'static str, String)> {
    let base = &visit.request().base_url;
    let sample = |dialect: &&'static Dialect| (dialect.title, program::of("curl", base, dialect.connect.sample, ANY));
    dialects::ALL.iter().map(sample).collect()
}
