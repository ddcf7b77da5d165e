//! Settings: each named once, from a flag, a variable, the file, or its default, in this order.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

use crate::http::ProxyHeader;
use domain::network::Network;

/// The file that is read when it is there and no other is named.
pub const FILE: &str = "samerow.toml";

/// What is known of a setting.
pub struct Setting {
    /// Its name in the file and as a flag: `header-timeout`. As a variable it is `SAMEROW_HEADER_TIMEOUT`.
    pub name: &'static str,
    /// Its value when nobody sets it.
    pub default: &'static str,
    /// Whether it is switched on by its bare flag.
    pub switch: bool,
    /// One sentence.
    pub help: &'static str,
}

const fn value(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, default, switch: false, help }
}

const fn switch(name: &'static str, help: &'static str) -> Setting {
    Setting { name, default: "false", switch: true, help }
}

/// Every setting of `serve`.
pub const SETTINGS: &[Setting] = &[
    value("listen", "127.0.0.1:7263", "Address and port; port 0 takes a free one"),
    value("data", "./samerow-data", "Folder of the embedded store"),
    value("database-url", "", "PostgreSQL store that many servers share: postgres://user:password@host/name"),
    switch("demo", "Load the demo data into an empty store"),
    value("demo-customers", "200", "Generated people among the demo data"),
    switch("demo-anywhere", "Let demo credentials work on addresses that others can reach"),
    switch("ephemeral", "Keep nothing: the store is a temporary folder"),
    value("ready-file", "", "File that gets one JSON line {\"url\":…,\"pid\":…} once the server serves"),
    switch("strict", "Refuse what the vendors would refuse"),
    switch("validator1", "Offer the methods by which XML-RPC clients are tested; they touch no record"),
    value("public-url", "", "Where clients reach this server, if no header of theirs tells"),
    value("trusted-proxies", "", "Networks whose proxies are believed: 10.0.0.0/8, ::1"),
    value("proxy-header", "forwarded", "The header they set: forwarded or x-forwarded"),
    switch("tls", "Speak TLS, with the certificate in tls-folder"),
    value("tls-folder", crate::tls::FOLDER, "Folder of server.pem and server.key, which samerow tls init makes"),
    value("body-limit", "1048576", "Longest body of a request, in bytes"),
    value("header-timeout", "10", "Seconds in which the head of a request must arrive"),
    value("body-timeout", "60", "Seconds in which its body must arrive"),
    value("idle-timeout", "75", "Seconds that a connection may be idle"),
    value(
        "drain-grace",
        "0",
        "Seconds to go on, no longer ready and closing each connection after its answer, before the end",
    ),
    value("drain-timeout", "10", "Seconds that requests under way have to end when the server stops"),
    value("store-timeout", "30", "Seconds that a request waits for the store"),
    value("max-connections", "4096", "Open connections in total"),
    value("max-connections-per-address", "1024", "Open connections of one address"),
    value("remember-credentials", "60", "Seconds that a proven credential is remembered"),
    value("failures-per-name", "10", "Wrong sign-ins on a name before the next must wait"),
    value("failures-per-address", "50", "Wrong sign-ins from an address before the next must wait"),
    value("cors-origins", "", "Sites whose pages may call the native API: https://crm.example, or * for all"),
    value("compress", "true", "Compress answers of the native API for clients that ask for it"),
    value("calls-per-caller", "36000", "Calls a minute of one key, user or customer; 0 is any number"),
    value("calls-per-address", "72000", "Calls a minute from one address; 0 is any number"),
    value(
        "oauth-clients",
        "",
        "Programs that may ask users to let them in, each with the addresses its codes go to: ID URI URI; ID URI",
    ),
    value(
        "oidc-issuer",
        "",
        "OpenID Connect issuer that says who users are: https://id.example/realm; also http on this machine",
    ),
    value("oidc-audience", "", "For whom its access tokens must be made; several with blanks between them"),
    value("oidc-claim", "preferred_username", "The claim of its tokens that is the user's login name"),
    value("oidc-tenant", "default", "The tenant in which it is believed"),
    value("oidc-client", "", "What this server is called there, for people who sign in with a browser"),
    value("oidc-client-secret-file", "", "File that holds the secret for it"),
    value("oidc-ca", "", "PEM file with the authorities that vouch for the issuer, in place of the public ones"),
    value("session-idle", "1800", "Seconds after its last use in which a session ends"),
    value("session-end", "604800", "Seconds after its beginning in which a session ends however it is used"),
    value(
        "webhook-networks",
        "",
        "Private networks that webhooks may reach: 10.0.0.0/8, 127.0.0.1; the public ones they always may",
    ),
    value(
        "webhook-ca",
        "",
        "PEM file with the authorities that vouch for receivers of events, in place of the public ones",
    ),
    value("webhook-timeout", "15", "Seconds that a receiver of events has to answer"),
    value(
        "webhook-retry",
        "5",
        "Seconds until an event that was not taken is sent again; doubled each time, up to an hour",
    ),
    value("webhook-attempts", "16", "Attempts before an event is given up and kept as a dead letter"),
    value("webhook-patience", "5", "Days that a webhook may fail before it is switched off"),
    value(
        "smtp-server",
        "",
        "Mail server: smtp+starttls://mail.example:587, smtps://…, or smtp://… without TLS; none: no mail",
    ),
    value("smtp-from", "", "Address that mails come from"),
    value("smtp-user", "", "Name that is told the mail server"),
    value("smtp-password-file", "", "File that holds the password for it"),
    value("smtp-ca", "", "PEM file with the authorities that vouch for the mail server, in place of the public ones"),
    value("smtp-timeout", "10", "Seconds that a mail may take"),
    value(
        "inspector-calls",
        "10000",
        "Calls that the console's inspector keeps, in inspector.db beside the store; 0 keeps none",
    ),
    value("inspector-bytes", "67108864", "Bytes that they may have together"),
    value("inspector-days", "7", "Days that a call is kept"),
    switch("inspector-bodies", "Let the inspector keep bodies, which hold personal data; with --demo it does"),
    value("log", "info", "What is logged: error, warn, info, debug, or a filter such as info,store=debug"),
    value("log-format", "text", "text or json"),
];

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// This file.
    File(PathBuf),
    /// This variable.
    Variable(String),
    /// Its flag.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct BadSetting(String);

impl BadSetting {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// The flags of a command that takes the settings.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    file: Option<PathBuf>,
    given: BTreeMap<&'static str, String>,
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config").long("config").value_name("FILE").help("Settings file [default: samerow.toml]");
        let flags = SETTINGS.iter().map(|setting| {
            let help = format!("{} [default: {}]", setting.help, setting.default);
            let flag = Arg::new(setting.name).long(setting.name);
            if setting.switch {
                let bare = flag.num_args(0..=1).require_equals(true).default_missing_value("true");
                bare.value_name("BOOL").help(setting.help)
            } else {
                flag.value_name("VALUE").help(if setting.default.is_empty() { setting.help.to_owned() } else { help })
            }
        });
        command.arg(file).args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self { file: matches.get_one::<String>("config").map(PathBuf::from), given: BTreeMap::new() };
        for setting in SETTINGS {
            if let Some(value) = matches.get_one::<String>(setting.name) {
                flags.given.insert(setting.name, value.clone());
            }
        }
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// All settings with their origins.
#[derive(Clone, Debug)]
pub struct Settings(BTreeMap<&'static str, (String, Origin)>);

impl Settings {
    /// Reads all sources. `variables` are the process's.
    ///
    /// # Errors
    /// A file that cannot be read, a name that is no setting (with the one that was probably meant), a value that is
    /// no text, number or boolean.
    pub fn read(flags: &Flags, variables: impl Iterator<Item = (String, String)>) -> Result<Self, BadSetting> {
        let mut all: BTreeMap<_, _> =
            SETTINGS.iter().map(|s| (s.name, (s.default.to_owned(), Origin::Default))).collect();
        let named = flags.file.as_deref();
        if let Some(path) = named.or_else(|| Some(Path::new(FILE)).filter(|path| path.exists())) {
            for (name, value) in read_file(path)? {
                all.insert(name, (value, Origin::File(path.to_owned())));
            }
        }
        for (variable, value) in variables {
            let Some(name) = variable.strip_prefix("SAMEROW_") else { continue };
            let name = name.to_ascii_lowercase().replace('_', "-");
            // The commands that talk to a server have variables of their own, and so have the tests.
            if ["server", "token", "ca", "fault"].contains(&name.as_str()) || name.starts_with("test-") {
                continue;
            }
            let name = known(&name).map_err(|meant| unknown(&variable, meant.map(variable_of)))?;
            all.insert(name, (value, Origin::Variable(variable)));
        }
        for (name, value) in &flags.given {
            all.insert(name, (value.clone(), Origin::Flag));
        }
        Ok(Self(all))
    }

    /// Name, value and origin of each, as they may be shown.
    pub fn shown(&self) -> impl Iterator<Item = (&'static str, String, &Origin)> {
        self.iter().map(|(name, value, origin)| {
            let value = if name == "database-url" { without_password(value) } else { value.to_owned() };
            (name, value, origin)
        })
    }

    /// Name, value and origin of each.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &Origin)> {
        self.0.iter().map(|(name, (value, origin))| (*name, value.as_str(), origin))
    }

    /// The text of a setting.
    pub fn text(&self, name: &'static str) -> &str {
        self.0.get(name).map_or("", |(value, _)| value.as_str())
    }

    fn parse<T>(&self, name: &'static str, wanted: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, BadSetting> {
        let (value, origin) = self.0.get(name).ok_or_else(|| BadSetting(format!("{name} is no setting")))?;
        parse(value.trim()).ok_or_else(|| BadSetting(format!("{name} must be {wanted}, not \"{value}\" ({origin})")))
    }

    /// Whether a switch is on.
    ///
    /// # Errors
    /// A value that is neither true nor false.
    pub fn on(&self, name: &'static str) -> Result<bool, BadSetting> {
        self.parse(name, "true or false", |text| match text {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" | "" => Some(false),
            _ => None,
        })
    }

    /// A whole number.
    ///
    /// # Errors
    /// A value that is none, or does not fit.
    pub fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, BadSetting> {
        self.parse(name, "a whole number", |text| text.parse().ok())
    }

    /// A time in seconds, which may have a fraction.
    ///
    /// # Errors
    /// A value that is no number of seconds from a thousandth to a day.
    pub fn seconds(&self, name: &'static str) -> Result<Duration, BadSetting> {
        self.parse(name, "a number of seconds", |text| {
            let seconds: f64 = text.parse().ok()?;
            (0.001..=86_400.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
        })
    }

    /// The address to listen on.
    ///
    /// # Errors
    /// A value that is no address with a port.
    pub fn listen(&self) -> Result<SocketAddr, BadSetting> {
        self.parse("listen", "an address and a port such as 127.0.0.1:7263", |text| text.parse().ok())
    }

    /// The networks of trusted proxies.
    ///
    /// # Errors
    /// An entry that is no network.
    pub fn trusted_proxies(&self) -> Result<Vec<Network>, BadSetting> {
        self.networks("trusted-proxies")
    }

    /// Networks, separated by commas.
    ///
    /// # Errors
    /// An entry that is no network.
    pub fn networks(&self, name: &'static str) -> Result<Vec<Network>, BadSetting> {
        self.parse(name, "networks such as 10.0.0.0/8, separated by commas", |text| {
            text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(|entry| entry.parse().ok()).collect()
        })
    }

    /// The mail server: scheme, host and port.
    ///
    /// # Errors
    /// Anything else.
    pub fn mail_server(&self) -> Result<(&'static str, String, u16), BadSetting> {
        let wanted = "smtp+starttls://, smtps:// or smtp:// and a host, such as smtps://mail.example:465";
        self.parse("smtp-server", wanted, |text| {
            let (scheme, rest) = text.split_once("://")?;
            let schemes = [("smtp", 25), ("smtp+starttls", 587), ("smtps", 465)];
            let (scheme, usual) = schemes.into_iter().find(|(known, _)| *known == scheme)?;
            let (host, port) = match rest.rsplit_once(':') {
                Some((host, port)) => (host, port.parse().ok()?),
                None => (rest, usual),
            };
            let good = !host.is_empty() && !host.contains(['/', '@', ' ']);
            good.then(|| (scheme, host.to_owned(), port))
        })
    }

    /// The header that trusted proxies set.
    ///
    /// # Errors
    /// Any other word.
    pub fn proxy_header(&self) -> Result<ProxyHeader, BadSetting> {
        self.parse("proxy-header", "forwarded or x-forwarded", |text| match text {
            "forwarded" => Some(ProxyHeader::Forwarded),
            "x-forwarded" => Some(ProxyHeader::XForwarded),
            _ => None,
        })
    }
}

/// A URL with `***` in the place of its password.
fn without_password(url: &str) -> String {
    let hidden = || {
        let (scheme, rest) = url.split_once("://")?;
        let (credentials, host) = rest.rsplit_once('@')?;
        let (user, _) = credentials.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{host}"))
    };
    let shown = hidden().unwrap_or_else(|| url.to_owned());
    // It may also be a parameter.
    match shown.find("password=") {
        Some(at) => {
            let (before, rest) = shown.split_at(at);
            let end = rest.find('&').unwrap_or(rest.len());
            format!("{before}password=***{}", rest.get(end..).unwrap_or_default())
        }
        None => shown,
    }
}

fn read_file(path: &Path) -> Result<Vec<(&'static str, String)>, BadSetting> {
    let text = std::fs::read_to_string(path).map_err(|error| BadSetting(format!("{}: {error}", path.display())))?;
    let table: toml::Table = text.parse().map_err(|error| BadSetting(format!("{}: {error}", path.display())))?;
    let mut values = Vec::new();
    for (key, value) in table {
        let name = known(&key).map_err(|meant| unknown(&format!("{key} in {}", path.display()), meant))?;
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Array(items) if items.iter().all(toml::Value::is_str) => {
                items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
            }
            _ => return Err(BadSetting(format!("{key} in {} must be one value", path.display()))),
        };
        values.push((name, value));
    }
    Ok(values)
}

/// The setting of that name, or else the one that is spelt most alike.
fn known(name: &str) -> Result<&'static str, Option<&'static str>> {
    if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) {
        return Ok(setting.name);
    }
    let alike = |setting: &Setting| strsim::jaro_winkler(setting.name, name);
    let best = SETTINGS.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    Err(best.filter(|setting| alike(setting) > 0.8).map(|setting| setting.name))
}

fn variable_of(name: &str) -> String {
    format!("SAMEROW_{}", name.to_ascii_uppercase().replace('-', "_"))
}

fn unknown(what: &str, meant: Option<impl fmt::Display>) -> BadSetting {
    BadSetting(match meant {
        Some(meant) => format!("{what} is no setting: did you mean {meant}?"),
        None => format!("{what} is no setting: `samerow config show` lists them"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, flags: &[(&'static str, &str)], variables: &[(&str, &str)]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, file).unwrap();
        let given = flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::read(&Flags { file: Some(path), given }, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
        let file = "listen = \"1.1.1.1:1\"\nbody-limit = 5\nstrict = true";
        let settings =
            read(file, &[("listen", "3.3.3.3:3")], &[("SAMEROW_LISTEN", "2.2.2.2:2"), ("SAMEROW_BODY_LIMIT", "6")]);
        let settings = settings.unwrap();
        assert_eq!(settings.listen().unwrap().to_string(), "3.3.3.3:3");
        assert_eq!(settings.number::<usize>("body-limit").unwrap(), 6);
        assert!(settings.on("strict").unwrap());
        assert_eq!(settings.seconds("idle-timeout").unwrap(), Duration::from_secs(75));
        let origins: Vec<_> = settings.iter().filter(|(.., origin)| **origin != Origin::Default).map(|s| s.0).collect();
        assert_eq!(origins, ["body-limit", "listen", "strict"]);
    }

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("postgres://a:s3c:r@t@h,i:1/n?x=y", "postgres://a:***@h,i:1/n?x=y"),
            ("postgres://a@h/n", "postgres://a@h/n"),
            ("postgres://h/n?user=a&password=s&x=y", "postgres://h/n?user=a&password=***&x=y"),
            ("", ""),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn what_is_unknown_or_wrong_is_an_error() {
        let error = read("lisen = \"x\"", &[], &[]).unwrap_err();
        assert!(error.contains("did you mean listen?"), "{error}");
        let error = read("", &[], &[("SAMEROW_BODYLIMIT", "1")]).unwrap_err();
        assert!(error.contains("did you mean SAMEROW_BODY_LIMIT?"), "{error}");
        assert!(read("listen = {}", &[], &[]).is_err());
        assert!(read("listen =", &[], &[]).is_err());
        let settings = read("", &[("listen", "7263"), ("strict", "maybe"), ("idle-timeout", "-1")], &[]).unwrap();
        assert!(
            settings.listen().is_err() && settings.on("strict").is_err() && settings.seconds("idle-timeout").is_err()
        );
    }
}
