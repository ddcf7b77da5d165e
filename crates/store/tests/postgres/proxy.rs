//! A way to the database that can break where a test wants it to.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// Where to break a connection, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    Never,
    /// The next commit does not reach the database.
    BeforeCommit,
    /// The next commit does, and its answer does not come back.
    BeforeAnswer,
}

/// What a client sends to commit.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

struct Shared {
    to: u16,
    cut: AtomicU8,
    cuts: AtomicU32,
    shut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = Arc::new(Shared {
            to: port,
            cut: AtomicU8::new(0),
            cuts: AtomicU32::new(0),
            shut: AtomicBool::new(false),
            open: Mutex::new(Vec::new()),
        });
        let port = listener.local_addr().unwrap().port();
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if serving.shut.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", serving.to)) else { continue };
                let both = [client.try_clone().unwrap(), server.try_clone().unwrap()];
                serving.open.lock().unwrap().extend(both);
                let (client_too, server_too) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let shared = Arc::clone(&serving);
                let lost = Arc::new(AtomicBool::new(false));
                let lost_too = Arc::clone(&lost);
                std::thread::spawn(move || upwards(client, server, &shared, &lost));
                std::thread::spawn(move || downwards(server_too, client_too, &lost_too));
            }
        });
        Self { port, shared }
    }

    /// The same database by way of the proxy.
    pub(crate) fn instead_in(&self, url: &str) -> String {
        url.replace(&format!(":{}/", self.shared.to), &format!(":{}/", self.port))
    }

    pub(crate) fn cut(&self, cut: Cut) {
        self.shared.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// How many connections were cut.
    pub(crate) fn cuts(&self) -> u32 {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// Breaks all connections and lets no new one through, or lets them through again.
    pub(crate) fn shut(&self, shut: bool) {
        self.shared.shut.store(shut, Ordering::SeqCst);
        if shut {
            for stream in self.shared.open.lock().unwrap().drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

/// What the client sends. A commit is sent alone: nothing else is under way then.
fn upwards(mut client: TcpStream, mut server: TcpStream, shared: &Shared, lost: &AtomicBool) {
    let mut buffer = [0; 65_536];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        let cut = if buffer[..count] == *COMMIT { shared.cut.swap(0, Ordering::SeqCst) } else { 0 };
        if cut > 0 {
            shared.cuts.fetch_add(1, Ordering::SeqCst);
        }
        if cut == Cut::BeforeCommit as u8 {
            break;
        }
        if cut == Cut::BeforeAnswer as u8 {
            lost.store(true, Ordering::SeqCst);
        }
        if server.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

fn downwards(mut server: TcpStream, mut client: TcpStream, lost: &AtomicBool) {
    let mut buffer = [0; 65_536];
    while let Ok(count @ 1..) = server.read(&mut buffer) {
        if lost.load(Ordering::SeqCst) || client.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
