//! The HTTP ceiling: axum, which reads each request to its end and answers the constant `true`.
//! No store, no check of anything. Usage: `ceiling PORT`.

use std::error::Error;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::serve::ListenerExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

async fn constant(_body: Bytes) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], "true")
}

fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::args().nth(1).ok_or("usage: ceiling PORT")?.parse()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?.tap_io(|stream| {
            // Without it a small answer may wait for the acknowledgement of the last one.
            _ = stream.set_nodelay(true);
        });
        axum::serve(listener, Router::new().fallback(constant)).await?;
        Ok(())
    })
}
