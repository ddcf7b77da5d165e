//! The cost of the connection layer: answers every request with `true`.
//!
//! `constant served 127.0.0.1:8300` uses it; `constant bare 127.0.0.1:8300` does the same with hyper alone.

use std::io::{Error, Result};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use server::http::{Body, Lanes, Limits, Peer, Phase, Proxies, Server, listen};
use tokio::net::TcpListener;
use tokio::sync::watch;

fn yes() -> Response<Body> {
    let mut response = Response::new(Body::from("true"));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(mode), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err(Error::other("constant served|bare ADDRESS"));
    };
    let listener = listen(address.parse().map_err(Error::other)?)?;
    match mode.as_str() {
        "served" => {
            let (phase, phases) = watch::channel(Phase::Running);
            let application = async |_: Request<Bytes>, _: Peer| yes();
            let server = Server::new(application, Limits::default(), Proxies::default(), Lanes::start()?);
            tokio::spawn(async move {
                let _ = tokio::signal::ctrl_c().await;
                phase.send_replace(Phase::Draining);
            });
            Arc::new(server).serve(listener, phases).await;
            Ok(())
        }
        "bare" => bare(listener).await,
        _ => Err(Error::other("the mode is served or bare")),
    }
}

async fn bare(listener: TcpListener) -> Result<()> {
    use http_body_util::BodyExt as _;
    use hyper::{body::Incoming, server::conn::http1, service::service_fn};
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = service_fn(async |request: Request<Incoming>| {
            request.into_body().collect().await?;
            hyper::Result::Ok(yes())
        });
        let io = hyper_util::rt::TokioIo::new(stream);
        tokio::spawn(async move { http1::Builder::new().serve_connection(io, service).await });
    }
}
