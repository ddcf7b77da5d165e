//! The store's ceiling: hyper, a form body, a constant key, and SQLite with one writer that commits
//! whatever waits as one durable transaction. No validation, no history, no log: what is left is the
//! price of being durable. Usage: `bare_store PORT DIR CUSTOMERS`.

mod writer;

use std::convert::Infallible;
use std::error::Error;
use std::path::Path;
use std::sync::mpsc::SyncSender;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use writer::{COLUMNS, Update};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const KEY: &str = "44b5498dbcb481a0d00b404c0169af62";

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().ok_or("usage: bare_store PORT DIR CUSTOMERS");
    let (port, dir, customers): (u16, _, i64) = (next()?.parse()?, next()?, next()?.parse()?);
    let updates = writer::start(Path::new(&dir), customers)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let updates = updates.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| answer(request, &updates));
                // A client that hangs up ends its own connection and nothing else.
                _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

async fn answer(request: Request<Incoming>, updates: &SyncSender<Update>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match update(request, updates).await {
        Some(true) => (StatusCode::OK, "true"),
        Some(false) => (StatusCode::NOT_FOUND, "false"),
        None => (StatusCode::BAD_REQUEST, "false"),
    };
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Whether the customer exists, once the change is on disk; `None` if the request is no good.
async fn update(request: Request<Incoming>, updates: &SyncSender<Update>) -> Option<bool> {
    if request.headers().get("api-key")?.as_bytes() != KEY.as_bytes() {
        return None;
    }
    let body = request.into_body().collect().await.ok()?.to_bytes();
    let (mut id, mut set) = (None, Vec::with_capacity(8));
    for (name, value) in form_urlencoded::parse(&body) {
        match COLUMNS.into_iter().find(|column| *column == name) {
            Some(column) => set.push((column, value.into_owned())),
            None if name == "customer_id" => id = Some(value.parse().ok()?),
            None => return None,
        }
    }
    let (done, found) = oneshot::channel();
    updates.try_send(Update { id: id?, set, done }).ok()?;
    found.await.ok()
}
