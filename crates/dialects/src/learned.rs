//! What dialects learned: the words of another installation, as its WSDL has them.

use crate::memory::lock;
use crate::request::Request;
use crate::state::State;
use crate::{Dialect, dialect_named};
use domain::access::Role;
use domain::filter::Selection;
use domain::operation::{Deleted, ListRecords};
use domain::{Caller, Error, Field, Kind, Origin, Record};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use wire::soap::{Service, Style};

/// A port of a dialect in the words of another installation.
#[derive(Debug)]
pub struct Learned {
    /// The port, as the dialect calls it.
    pub port: &'static str,
    /// In rpc/encoded.
    pub service: &'static Service,
    /// The same in document/literal.
    pub literal: &'static Service,
    /// The methods that the other installation does not have. They stay as they are here.
    pub lacking: Vec<&'static str>,
    /// The methods that only the other installation has. They are not offered.
    pub unknown: Vec<&'static str>,
    /// What else differs, a sentence each.
    pub differences: Vec<String>,
}

impl Learned {
    /// In one of the two styles.
    pub fn in_style(&self, style: Style) -> &'static Service {
        match style {
            Style::RpcEncoded => self.service,
            Style::DocumentLiteral => self.literal,
        }
    }
}

/// Reads a WSDL for a dialect. `Err` says what is wrong with it, and where.
pub type Learn = fn(wsdl: &str) -> Result<&'static Learned, String>;

/// What one tenant's dialects learned: of which dialect, and what came of reading it.
type Lessons = Arc<[(String, Result<&'static Learned, String>)]>;

/// Hosts that are remembered.
const HOSTS: usize = 1_000;

/// What the tenants at these hosts learned, and what [`App::credentials_epoch`](domain::App::credentials_epoch) was then.
#[derive(Default)]
pub(crate) struct Lectures(Mutex<HashMap<String, (u64, Lessons)>>);

/// The dialect of that name that can learn.
pub(crate) fn learner(name: &str) -> Option<(&'static Dialect, Learn)> {
    dialect_named(name).and_then(|dialect| Some((dialect, dialect.learn?)))
}

/// Lists what was learned.
fn wsdls() -> ListRecords {
    let selection = Selection { limit: 200, ..Selection::default() };
    ListRecords { kind: Kind::Wsdl, selection, deleted: Deleted::Hidden }
}

fn read(wsdl: &Record) -> Result<&'static Learned, String> {
    let (_, learn) = learner(wsdl.text(Field::Dialect)).ok_or("this dialect does not learn")?;
    learn(wsdl.text(Field::Text))
}

impl State {
    /// What a dialect learned of a port, for the tenant that a request reaches.
    ///
    /// # Errors
    /// `Internal` for what was stored and cannot be read; what the store refuses with.
    pub(crate) async fn learned(
        &self,
        request: &Request,
        dialect: &str,
        port: &str,
    ) -> Result<Option<&'static Learned>, Error> {
        let place = request.tenant.clone().map_or_else(|| format!("@{}", request.host()), |name| format!("={name}"));
        // Taken before the look: what changes meanwhile is found by the next one.
        let epoch = self.app.credentials_epoch();
        let known = lock(&self.lectures.0).get(&place).filter(|(then, _)| *then == epoch).cloned();
        let lessons = match known {
            Some((_, lessons)) => lessons,
            None => {
                let tenant = self.tenant(request).await?;
                // Everybody may read a WSDL.
                let nobody = Arc::new(Caller { role: Role::Viewer, ..Caller::anonymous(tenant) });
                let page = self.run(wsdls(), &nobody, Origin::default()).await?;
                let read = |wsdl: &Record| (wsdl.text(Field::Dialect).to_owned(), read(wsdl));
                let lessons: Lessons = page.records.iter().map(read).collect();
                let mut known = lock(&self.lectures.0);
                if known.len() >= HOSTS {
                    known.clear();
                }
                known.insert(place, (epoch, Arc::clone(&lessons)));
                lessons
            }
        };
        let mut found = None;
        for (_, lesson) in lessons.iter().filter(|(of, _)| of == dialect) {
            match lesson {
                Ok(learned) if learned.port == port => found = Some(*learned),
                Ok(_) => {}
                Err(why) => return Err(Error::internal(format!("a WSDL was learned that cannot be read: {why}"))),
            }
        }
        Ok(found)
    }
}
