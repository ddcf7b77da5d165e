//! The accept loop: caps, descriptors, drain.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv6Addr, Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::collect::Budget;
use super::{Application, Counters, Lanes, Limits, Proxies, Scheme, connection, descriptors, handshake};

/// How long to wait before accept is tried again after it failed for want of something.
const PAUSE: Duration = Duration::from_millis(20);
/// How long aborted connections have to go away. They need longer only if the application blocks a thread.
const ABORT: Duration = Duration::from_secs(1);

const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    content-length: 47\r\n\
    retry-after: 1\r\n\
    x-content-type-options: nosniff\r\n\
    connection: close\r\n\
    \r\n\
    Too many connections are open; try again later.";

/// Where a server is in its life. It only goes forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Serves whoever comes.
    Running,
    /// Serves whoever comes, and asks each to come no more.
    Leaving,
    /// Finishes the requests under way, within [`Limits::drain`].
    Draining,
    /// Finishes nothing more.
    Aborting,
}

/// Waits until `phase` is at `wanted` or beyond. If its sender is gone, that asks for a drain and no more.
pub(super) async fn reached(phase: &mut watch::Receiver<Phase>, wanted: Phase) {
    let is_reached = phase.wait_for(|phase| *phase >= wanted).await.is_ok();
    if !is_reached && wanted == Phase::Aborting {
        std::future::pending::<()>().await;
    }
}

/// How a drain went, in connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Closed in order: idle, or after the answer under way.
    pub closed: u64,
    /// Cut off.
    pub aborted: u64,
}

/// Connections that the system may hold until they are accepted. With the usual 128 it silently drops those of a
/// burst, and each of these clients waits a second before it tries again.
const BACKLOG: u32 = 4096;

/// Listens at `address`, also right after another process did.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// An application and the limits under which it is served, for one listener.
#[derive(Debug)]
pub struct Server<A> {
    pub(super) application: A,
    pub(super) limits: Limits,
    pub(super) proxies: Proxies,
    pub(super) scheme: Scheme,
    pub(super) counters: Counters,
    pub(super) bodies: Budget,
    pub(super) protocol: http1::Builder,
    pub(super) tls: Option<Arc<ServerConfig>>,
    /// Whether each answer is the last one of its connection.
    pub(super) is_leaving: AtomicBool,
    lanes: Lanes,
    connections: u64,
    addresses: Mutex<HashMap<IpAddr, usize>>,
}

impl<A: Application> Server<A> {
    /// A server that believes what `proxies` say about their clients, and serves them on `lanes`.
    pub fn new(application: A, limits: Limits, proxies: Proxies, lanes: Lanes) -> Self {
        let mut protocol = http1::Builder::new();
        // A client that has sent its request and closed its side still gets its answer.
        protocol.half_close(true).header_read_timeout(None);
        // Answers are mostly short: one copy costs less than a call to the system with two buffers.
        protocol.writev(false).max_buf_size((2 * limits.header_bytes).max(64 * 1024));
        if limits.header_count > 100 {
            protocol.max_headers(limits.header_count);
        }
        let free = descriptors::limit().map_or(u64::MAX, |all| all.saturating_sub(limits.reserved_descriptors as u64));
        Self {
            application,
            proxies,
            scheme: Scheme::Http,
            counters: Counters::default(),
            bodies: Budget::new(limits.bodies_bytes),
            protocol,
            tls: None,
            is_leaving: AtomicBool::new(false),
            lanes,
            connections: free.min(limits.connections as u64).max(1),
            limits,
            addresses: Mutex::default(),
        }
    }

    /// The same over TLS.
    #[must_use]
    pub fn over_tls(mut self, config: ServerConfig) -> Self {
        self.scheme = Scheme::Https;
        self.tls = Some(Arc::new(config));
        self
    }

    /// What happened so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Serves the connections of `listener` until the phase is not [`Phase::Running`] any more, then drains. A sender
    /// of phases that is dropped asks for a drain. Errors of accept are counted and survived.
    pub async fn serve(self: &Arc<Self>, listener: TcpListener, mut phase: watch::Receiver<Phase>) -> Drained {
        let (ours, theirs) = watch::channel(Phase::Running);
        let mut spare = File::open("/dev/null").ok();
        let mut leaving = phase.clone();
        loop {
            let is_leaving = self.is_leaving.load(Ordering::Relaxed);
            tokio::select! {
                biased;
                () = reached(&mut phase, Phase::Draining) => break,
                () = reached(&mut leaving, Phase::Leaving), if !is_leaving => self.is_leaving.store(true, Ordering::Relaxed),
                accepted = listener.accept() => match accepted {
                    Ok((stream, address)) => self.admit(stream, address, &theirs),
                    Err(error) if is_exhausted(&error) => {
                        self.counters.exhausted.increase();
                        shed(&listener, &mut spare, self.tls.is_none()).await;
                    }
                    // The client has gone again before it was accepted.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {
                        self.counters.accept_errors.increase();
                    }
                    Err(_) => {
                        self.counters.accept_errors.increase();
                        sleep(PAUSE).await;
                    }
                },
            }
        }
        drop((listener, theirs));
        self.drain(&ours, phase).await
    }

    /// Waits until no connection is left: in order first, by force when the time or the patience is over.
    async fn drain(&self, ours: &watch::Sender<Phase>, mut phase: watch::Receiver<Phase>) -> Drained {
        let open = self.counters.open.get();
        ours.send_replace(Phase::Draining);
        tokio::select! {
            biased;
            () = ours.closed() => {}
            () = sleep(self.limits.drain) => {}
            () = reached(&mut phase, Phase::Aborting) => {}
        }
        let aborted = self.counters.open.get();
        ours.send_replace(Phase::Aborting);
        let _ = timeout(ABORT, ours.closed()).await;
        Drained { closed: open.saturating_sub(aborted), aborted }
    }

    /// Serves a connection if the caps allow it.
    fn admit(self: &Arc<Self>, stream: TcpStream, address: SocketAddr, phase: &watch::Receiver<Phase>) {
        let address = address.ip().to_canonical();
        // Before a handshake nothing can be said over TLS.
        let turn_away = |stream| {
            if self.tls.is_none() {
                turn_away(stream, BUSY);
            }
        };
        if self.counters.open.get() >= self.connections {
            self.counters.capped.increase();
            return turn_away(stream);
        }
        let is_capped = !self.proxies.trust(address) && (self.limits.cap_loopback || !address.is_loopback());
        let Some(place) = Place::take(self, is_capped.then(|| network(address)), phase) else {
            self.counters.capped_address.increase();
            return turn_away(stream);
        };
        self.counters.accepted.increase();
        // Without it an answer in two pieces would wait for the acknowledgement of the first.
        let _ = stream.set_nodelay(true);
        let phase = phase.clone();
        match &self.tls {
            None => self.lanes.spawn(stream, async move |stream| {
                connection::run(&place.server, stream, address, phase).await;
            }),
            Some(tls) => {
                let tls = Arc::clone(tls);
                self.lanes.spawn(stream, async move |stream| {
                    if let Some(stream) = handshake::shake(&place.server, tls, stream, phase.clone()).await {
                        connection::run(&place.server, stream, address, phase).await;
                    }
                });
            }
        }
    }
}

/// An open connection in the counts.
struct Place<A> {
    server: Arc<Server<A>>,
    /// Whose connections are counted.
    network: Option<IpAddr>,
    /// Goes after the counts: a drain waits until nobody has one, and counts then.
    _phase: watch::Receiver<Phase>,
}

impl<A> Place<A> {
    /// `None` if this network has enough.
    fn take(server: &Arc<Server<A>>, network: Option<IpAddr>, phase: &watch::Receiver<Phase>) -> Option<Self> {
        if let Some(network) = network {
            let mut addresses = server.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            let count = addresses.entry(network).or_default();
            if *count >= server.limits.connections_per_address {
                return None;
            }
            *count += 1;
        }
        server.counters.open.increase();
        Some(Self { server: Arc::clone(server), network, _phase: phase.clone() })
    }
}

impl<A> Drop for Place<A> {
    fn drop(&mut self) {
        self.server.counters.open.decrease();
        let Some(network) = self.network else { return };
        let mut addresses = self.server.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = addresses.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                addresses.remove(&network);
            }
        }
    }
}

/// What counts as one address: of IPv6 the /64 network, since whoever has one address of it has all.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

fn is_exhausted(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Errno::MFILE, Errno::NFILE].iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// Takes a connection for which there is no descriptor on the one kept for this, and turns it away; otherwise it
/// would wait unanswered, and accept would fail at once again and again.
async fn shed(listener: &TcpListener, spare: &mut Option<File>, tells: bool) {
    if spare.take().is_some()
        && let Ok(Ok((stream, _))) = timeout(PAUSE, listener.accept()).await
    {
        if tells {
            turn_away(stream, BUSY);
        }
        *spare = File::open("/dev/null").ok();
        if spare.is_some() {
            return;
        }
    }
    sleep(PAUSE).await;
    *spare = File::open("/dev/null").ok();
}

/// Answers and closes, without waiting for anything.
pub(super) fn turn_away(stream: TcpStream, answer: &[u8]) {
    let Ok(mut stream) = stream.into_std() else { return };
    // A new socket has room for this much, so it is written or the client is gone.
    let _ = stream.write(answer).and_then(|_| stream.shutdown(Shutdown::Write));
    // A request left unread would turn the close into a reset, which can overtake the answer.
    let _ = stream.read(&mut [0; 4096]);
}
