//! Which networks the ports of an API may be called from.

use crate::error::{Error, Reason};
use crate::field::Field;
use crate::network::Network;
use core::net::IpAddr;

/// The ports that networks can be given for.
pub const PORTS: [&str; 3] = ["ticket", "customer", "admin"];

/// What a tenant's [`Field::PortNetworks`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortNetworks(Vec<(&'static str, Network)>);

impl PortNetworks {
    /// Reads entries such as `ticket=192.0.2.0/24`.
    ///
    /// # Errors
    /// `Invalid` at the field for another port, and for what is no network.
    pub fn read(texts: &[String]) -> Result<Self, Error> {
        let invalid = |text: String| Error::invalid(Field::PortNetworks, text);
        let entry = |text: &String| {
            let (name, network) = text.split_once('=').unwrap_or((text, ""));
            let port = PORTS.into_iter().find(|port| *port == name.trim()).ok_or_else(|| {
                let shown: String = name.chars().take(64).collect();
                invalid(format!("{shown:?} is no port: write ticket=, customer= or admin= before the network"))
            })?;
            Ok((port, network.trim().parse::<Network>().map_err(|error| invalid(error.to_string()))?))
        };
        texts.iter().map(entry).collect::<Result<_, _>>().map(Self)
    }

    /// Admits a caller to a port.
    ///
    /// # Errors
    /// `Forbidden` for an address in none of the networks that the port has, if it has any.
    pub fn admit(&self, port: &str, address: IpAddr) -> Result<(), Error> {
        let mut of_port = self.0.iter().filter(|(of, _)| *of == port).peekable();
        if of_port.peek().is_none() || of_port.any(|(_, network)| network.contains(address)) {
            return Ok(());
        }
        Err(Error::new(Reason::Forbidden, format!("The {port} port may not be called from {address}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<PortNetworks, Error> {
        PortNetworks::read(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_port_without_networks_is_open() {
        let networks = read(&["ticket=10.0.0.0/8", "ticket = 192.0.2.1", "admin=::1"]).unwrap();
        for (port, address, admitted) in [
            ("ticket", "10.1.2.3", true),
            ("ticket", "::ffff:192.0.2.1", true),
            ("ticket", "192.0.2.2", false),
            ("admin", "10.1.2.3", false),
            ("admin", "::1", true),
            ("customer", "203.0.113.9", true),
        ] {
            assert_eq!(networks.admit(port, address.parse().unwrap()).is_ok(), admitted, "{port} {address}");
        }
    }

    #[test]
    fn what_would_leave_a_port_open_by_mistake_is_refused() {
        for text in ["", "10.0.0.0/8", "tickets=10.0.0.0/8", "Ticket=10.0.0.0/8", "ticket=", "ticket=10.0.0.0/33"] {
            assert_eq!(read(&[text]).unwrap_err().at, Some(Field::PortNetworks), "{text}");
        }
    }
}
