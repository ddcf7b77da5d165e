//! The beginning of a connection over TLS.

use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::listener::{reached, turn_away};
use super::{Phase, Server};

/// The first byte of a handshake (RFC 8446, 5.1).
const HANDSHAKE: u8 = 22;

const NO_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    content-length: 58\r\n\
    x-content-type-options: nosniff\r\n\
    connection: close\r\n\
    \r\n\
    This port speaks TLS: use https:// instead of http:// here";

/// The stream behind the handshake, which has the time of a head. `None` for a client that does not come to it, or when the
/// server stops.
pub(super) async fn shake<A>(
    server: &Server<A>,
    tls: Arc<ServerConfig>,
    stream: TcpStream,
    mut phase: watch::Receiver<Phase>,
) -> Option<TlsStream<TcpStream>> {
    let shaken = async {
        let mut first = [0];
        if stream.peek(&mut first).await.ok()? > 0 && first != [HANDSHAKE] {
            // Whoever forgot the s in https is told; what speaks no HTTP either does not understand it.
            turn_away(stream, NO_TLS);
            return None;
        }
        TlsAcceptor::from(tls).accept(stream).await.ok()
    };
    let shaken = tokio::select! {
        biased;
        () = reached(&mut phase, Phase::Draining) => return None,
        shaken = timeout(server.limits.header_deadline, shaken) => shaken.ok().flatten(),
    };
    if shaken.is_none() {
        server.counters.handshakes.increase();
    }
    shaken
}
