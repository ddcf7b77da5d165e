//! The feed: one page, one page as soon as there is something on it, or a stream that does not end.

use crate::cursor;
use crate::native::auth::authenticate;
use crate::native::errors::Problem;
use crate::native::wire::{Query, put_event};
use crate::pages::Told;
use crate::route::Call;
use crate::{Aborted, Refusal, Reply, Request, State};
use bytes::Bytes;
use domain::error::Reason;
use domain::feed::Cursor;
use domain::operation::{Feed, ReadFeed};
use domain::{Caller, Error, Kind, Origin};
use http::{HeaderValue, Response, StatusCode, header};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};
use wire::json::write_object;
use wire::negotiate::quality;

/// Longest that a page waits for its first event, in seconds.
const MAX_WAIT: u64 = 60;

/// Without an event for this long a stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Events that a stream reads at once.
const STREAM_PAGE: u32 = 100;

const NDJSON: &str = "application/x-ndjson";
const EVENT_STREAM: &str = "text/event-stream";

pub(in crate::native) async fn list(call: Call<'_>, query: Query<'_>) -> Result<Reply, Problem> {
    let ask = ask(&call, &query)?;
    let accept = call.request.header(header::ACCEPT);
    if quality(accept, EVENT_STREAM) > quality(accept, NDJSON) {
        return stream(&call, ask).await;
    }
    let wait = match query.text("wait") {
        None => 0,
        Some(text) => {
            let wrong = || invalid(format!("wait must be a whole number of seconds from 0 to {MAX_WAIT}"));
            text.parse().ok().filter(|wait| *wait <= MAX_WAIT).ok_or_else(wrong)?
        }
    };
    let feed = page(&call, ask, Instant::now() + Duration::from_secs(wait)).await?;
    let mut body = String::with_capacity(512 * feed.changes.len());
    let mut cursor = feed.from;
    for change in &feed.changes {
        cursor.pass(change);
        let cursor = cursor::write_feed(&cursor);
        write_object(&mut body, |event| put_event(event, &feed.tenant, &cursor, change));
        body.push('\n');
    }
    let mut response = Response::new(Bytes::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(link) = HeaderValue::try_from(next_link(&call, &query, &feed.next)) {
        headers.insert(header::LINK, link);
    }
    Ok(response.into())
}

/// What is asked for, from the beginning of the feed unless something else is said.
fn ask(call: &Call<'_>, query: &Query<'_>) -> Result<ReadFeed, Problem> {
    // A browser that comes back asks at the old address and tells in a header what it has seen since.
    let after = call.request.header("last-event-id").filter(|id| !id.is_empty()).or_else(|| query.text("after"));
    let after = match after {
        None => Some(Cursor::start(call.caller.tenant)),
        Some("now") => None,
        Some(text) => Some(cursor::read_feed(call.caller.tenant, text)?),
    };
    let listed = |name| query.text(name).into_iter().flat_map(|text| text.split(','));
    let kind = |name: &str| {
        let wrong = || {
            let known: Vec<_> = Kind::ALL.into_iter().filter(|kind| kind.has_history()).map(Kind::name).collect();
            invalid(format!("kind must be some of {}, separated by commas", known.join(", ")))
        };
        Kind::named(name).filter(|kind| kind.has_history()).ok_or_else(wrong)
    };
    Ok(ReadFeed {
        after,
        kinds: listed("kind").map(kind).collect::<Result<_, _>>()?,
        dialects: listed("dialect").map(str::to_owned).collect(),
        limit: query.limit()?,
    })
}

/// The first page that has something on it, or what there is when the time is up.
async fn page(call: &Call<'_>, ask: ReadFeed, until: Instant) -> Result<Feed, Error> {
    let mut commits = call.state.commits.clone();
    let mut reader = Reader::new(call, ask);
    loop {
        // Before the reading, so that no commit falls between the two.
        commits.mark_unchanged();
        let feed = reader.read().await?;
        if !feed.changes.is_empty() || Instant::now() >= until {
            return Ok(feed);
        }
        reader.ask.after = Some(feed.next.clone());
        // At the end of time, or of the server, what is known is the answer.
        if !feed.more && !matches!(timeout_at(until, commits.changed()).await, Ok(Ok(()))) {
            return Ok(feed);
        }
        reader.prove().await?;
    }
}

/// `</v1/events?after=AQIDBA&kind=customer>; rel="next"`
fn next_link(call: &Call<'_>, query: &Query<'_>, next: &Cursor) -> String {
    let mut link = format!("<{}/v1/events?after={}", call.request.base_url, cursor::write_feed(next));
    // These are made of letters and commas, or were refused.
    for name in ["limit", "kind", "dialect", "wait"] {
        if let Some(text) =
            query.text(name).filter(|text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b",_".contains(&b)))
        {
            let _ = write!(link, "&{name}={text}");
        }
    }
    link + ">; rel=\"next\""
}

/// Answers with server-sent events. What can be refused is refused before the first byte.
async fn stream(call: &Call<'_>, ask: ReadFeed) -> Result<Reply, Problem> {
    let mut commits = call.state.commits.clone();
    let seen = *commits.borrow_and_update();
    let mut reader = Reader::new(call, ReadFeed { limit: STREAM_PAGE, ..ask });
    reader.prove().await?;
    let first = reader.told(seen).await?;
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(Follower { reader, pieces: sender }.follow(first, commits));
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::OK;
    let headers = head.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // For proxies that would hold it back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(Reply::streamed(head, pieces))
}

/// Somebody who reads the feed for longer than a moment.
struct Reader {
    state: Arc<State>,
    /// The credentials' state before the caller was last proven; unknown of the sign-in of the request itself.
    epoch: Option<u64>,
    request: Request,
    caller: Arc<Caller>,
    origin: Origin,
    ask: ReadFeed,
}

impl Reader {
    fn new(call: &Call<'_>, ask: ReadFeed) -> Self {
        Self {
            state: Arc::clone(call.state),
            epoch: None,
            request: Request { body: Bytes::new(), ..call.request.clone() },
            caller: Arc::clone(&call.caller),
            origin: call.origin(),
            ask,
        }
    }

    /// Asks whom the credential belongs to now.
    async fn prove(&mut self) -> Result<(), Error> {
        let epoch = Some(self.state.app.credentials_epoch());
        if epoch != self.epoch || self.left().is_some_and(|left| left.is_zero()) {
            self.caller = authenticate(&self.state, &self.request).await?;
            self.epoch = epoch;
        }
        Ok(())
    }

    /// For how long the credential is still good.
    fn left(&self) -> Option<Duration> {
        let left = self.caller.expires_at?.0.saturating_sub(self.state.app.now().0);
        Some(Duration::from_micros(u64::try_from(left).unwrap_or(0)))
    }

    async fn read(&self) -> Result<Feed, Error> {
        self.state.run(self.ask.clone(), &self.caller, self.origin.clone()).await
    }

    /// The next page as a stream tells it, with all that was committed when `seen` was read of the commits.
    async fn told(&self, seen: u64) -> Result<Told, Error> {
        let read = async {
            let feed = self.read().await?;
            let mut text = String::new();
            put_events(&mut text, &feed);
            Ok(Told { text: text.into(), next: feed.next, more: feed.more })
        };
        self.state.pages.get(seen, &self.caller, &self.ask, read).await
    }
}

/// Somebody who follows the feed.
struct Follower {
    reader: Reader,
    pieces: mpsc::Sender<Result<Bytes, Aborted>>,
}

impl Follower {
    /// Sends event after event until the client goes, its credential ends or the server stops.
    async fn follow(mut self, first: Told, mut commits: tokio::sync::watch::Receiver<u64>) {
        if self.pieces.send(Ok(Bytes::from_static(b"retry: 1000\n\n"))).await.is_err() {
            return;
        }
        let mut told = first;
        loop {
            if !told.text.is_empty() && self.pieces.send(Ok(told.text)).await.is_err() {
                return;
            }
            self.reader.ask.after = Some(told.next);
            if !told.more {
                let pause = self.reader.left().map_or(HEARTBEAT, |left| left.min(HEARTBEAT));
                tokio::select! {
                    changed = commits.changed() => if changed.is_err() { return },
                    () = self.pieces.closed() => return,
                    () = sleep(pause) => {
                        // Also what was left out need not be looked through again.
                        if let Some(cursor) = &self.reader.ask.after {
                            let alive = format!(":\nid: {}\n\n", cursor::write_feed(cursor));
                            if self.pieces.send(Ok(alive.into())).await.is_err() {
                                return;
                            }
                        }
                    }
                }
            }
            let seen = *commits.borrow_and_update();
            told = match self.next(seen).await {
                Ok(told) => told,
                Err(error) => {
                    tracing::info!(reason = ?error.reason, id = self.reader.request.id, "a stream of events was ended");
                    let _ = self.pieces.send(Err(Aborted)).await;
                    return;
                }
            };
        }
    }

    async fn next(&mut self, seen: u64) -> Result<Told, Error> {
        self.reader.prove().await?;
        self.reader.told(seen).await
    }
}

/// Each event with its cursor as its id, so that a client that comes back says by itself where it was.
fn put_events(text: &mut String, feed: &Feed) {
    let mut cursor = feed.from.clone();
    for change in &feed.changes {
        cursor.pass(change);
        let cursor = cursor::write_feed(&cursor);
        let _ = write!(text, "id: {cursor}\nevent: change\ndata: ");
        write_object(text, |event| put_event(event, &feed.tenant, &cursor, change));
        text.push_str("\n\n");
    }
}

fn invalid(text: String) -> Refusal {
    Error::new(Reason::Invalid, text).into()
}
