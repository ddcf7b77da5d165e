//! One connection: hyper between the [`Transport`] and the application.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::Poll;

use http::header::{CONNECTION, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::collect::collect;
use super::listener::reached;
use super::transport::{REFUSED, Transport};
use super::{Application, Body, Peer, Phase, Refusal, Server};

/// Serves `stream` until either side closes it or the phase says so.
pub(super) async fn run<A, S>(server: &Server<A>, stream: S, address: IpAddr, mut phase: watch::Receiver<Phase>)
where
    A: Application,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let transport = Transport::new(stream, &server.limits, &server.counters);
    let service = service_fn(|request| answer(server, address, request));
    let mut connection = pin!(server.protocol.serve_connection(TokioIo::new(transport), service));

    let ended = {
        // The task is always woken through the same waker, so it is enough to leave it with the phase once; after
        // that a look at the version of the phase, which takes no lock, says whether to ask again.
        let mut change = phase.clone();
        let mut change = pin!(reached(&mut change, Phase::Draining));
        let mut is_waiting = false;
        poll_fn(|cx| {
            if let Poll::Ready(end) = connection.as_mut().poll(cx) {
                return Poll::Ready(Some(end));
            }
            if !is_waiting || phase.has_changed().unwrap_or(true) {
                is_waiting = true;
                return change.as_mut().poll(cx).map(|_| None);
            }
            Poll::Pending
        })
        .await
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                biased;
                ended = connection => ended,
                () = reached(&mut phase, Phase::Aborting) => return,
            }
        }
    };
    if ended.is_err() {
        server.counters.broken.increase();
    }
}

async fn answer<A: Application>(
    server: &Server<A>,
    address: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (head, body) = request.into_parts();
    if head.method.as_str() == REFUSED {
        let number = head.uri.path().get(1..).and_then(|number| number.parse::<usize>().ok());
        let refusal = number.and_then(|number| Refusal::ALL.get(number)).copied();
        return Ok(refuse(server, refusal.unwrap_or(Refusal::RequestLine), None));
    }
    let limit = server.application.body_limit(&head).unwrap_or(server.limits.body_bytes);
    let mut lease = server.bodies.lease();
    let body = match collect(body, limit, &mut lease).await {
        Ok(body) => body,
        Err(refusal) => return Ok(refuse(server, refusal, Some(&head))),
    };
    let is_old = head.version == Version::HTTP_10;
    let peer = Peer::new(address, &head.headers, server.scheme, &server.proxies);
    let request = Request::from_parts(head, body);
    let mut application = pin!(async { server.application.answer(request, peer).await });
    // What a panic leaves behind is dropped with the future; the application itself must be fit for it.
    let answered = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| application.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    });
    let mut response = answered.await.unwrap_or_else(|| {
        server.counters.panics.increase();
        let mut response = Response::new(Body::from("The server failed at this request."));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    if is_old || server.is_leaving.load(Ordering::Relaxed) {
        close(&mut response);
    }
    secure(&mut response);
    Ok(response)
}

fn refuse<A: Application>(server: &Server<A>, refusal: Refusal, head: Option<&http::request::Parts>) -> Response<Body> {
    server.counters.refuse(refusal);
    let mut response = server.application.refuse(refusal, head);
    close(&mut response);
    secure(&mut response);
    response
}

/// Makes this answer the last one.
fn close(response: &mut Response<Body>) {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
}

/// What every answer carries.
fn secure(response: &mut Response<Body>) {
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
