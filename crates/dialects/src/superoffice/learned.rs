//! The ports in the words of another installation: what of its WSDL is spoken, and what it differs in.

use super::literal;
use super::operations::{PORTS, Port};
use crate::learned::Learned;
use crate::memory::lock;
use ::wire::soap::{Service, differences};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

/// WSDLs that one process reads. Each stays, in some twice the size of its text.
const MOST: usize = 100;

/// By the digest of the text, so that none is read twice.
type Known = HashMap<[u8; 32], Result<&'static Learned, String>>;

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// Reads the WSDL of a port. Which one it is of, its methods tell.
///
/// # Errors
/// For people: what is no WSDL, or none of these ports; where it cannot be spoken.
pub(super) fn learn(wsdl: &str) -> Result<&'static Learned, String> {
    let mut known = lock(&KNOWN);
    let digest = Sha256::digest(wsdl.as_bytes()).into();
    if let Some(known) = known.get(&digest) {
        return known.clone();
    }
    if known.len() >= MOST {
        return Err(format!("{MOST} WSDLs were read since the server was started: start it again to read more"));
    }
    let learned = read(wsdl);
    known.insert(digest, learned.clone());
    learned
}

fn read(wsdl: &str) -> Result<&'static Learned, String> {
    let mut theirs = Service::read_wsdl(wsdl.as_bytes()).map_err(|error| error.to_string())?;
    if let Some(mistake) = theirs.mistakes().first() {
        return Err(mistake.clone());
    }
    let has = |service: &Service, name| service.operations.iter().any(|operation| operation.name == name);
    let common = |port: &&&Port| theirs.operations.iter().filter(|known| has(&port.service, known.name)).count();
    let port = PORTS.iter().max_by_key(common).filter(|port| common(port) > 0);
    let port = port.ok_or("none of its methods is one of the ticket, customer or admin port")?;
    let found = differences(&port.service, &theirs).map_err(|why| format!("{} port: {why}", port.name))?;
    let spoken = theirs.operations.iter().filter(|operation| !found.unknown.contains(&operation.name));
    theirs.operations = Vec::leak(spoken.copied().collect());
    let service: &Service = Box::leak(Box::new(theirs));
    Ok(Box::leak(Box::new(Learned {
        port: port.name,
        service,
        literal: Box::leak(Box::new(literal::of(service))),
        lacking: found.lacking,
        unknown: found.unknown,
        differences: found.told,
    })))
}
