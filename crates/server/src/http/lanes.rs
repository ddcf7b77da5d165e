//! The threads that serve connections: each with a runtime of its own, so that a request is read, worked on and answered
//! where its connection is, and nobody is woken who has nothing to do.

use std::future::Future;
use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// One thread for each processor. A connection stays with the thread that had the fewest when it came.
#[derive(Debug)]
pub struct Lanes(Vec<Lane>);

#[derive(Debug)]
struct Lane {
    /// Taken when it ends. A runtime of one worker and not one of the current thread, which is told through the system
    /// of each answer that a store has ready.
    runtime: Option<Runtime>,
    open: Arc<AtomicUsize>,
}

impl Lanes {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// If the system gives no thread or no way to wait for sockets.
    pub fn start() -> io::Result<Self> {
        let lanes = (0..available_parallelism().map_or(1, NonZero::get)).map(|_| {
            let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("clients").enable_all().build()?;
            Ok(Lane { runtime: Some(runtime), open: Arc::default() })
        });
        Ok(Self(lanes.collect::<io::Result<_>>()?))
    }

    /// Serves `stream` on one of them.
    pub(super) fn spawn<F: Future<Output = ()> + Send>(
        &self,
        stream: TcpStream,
        serve: impl FnOnce(TcpStream) -> F + Send + 'static,
    ) {
        let lane = self.0.iter().min_by_key(|lane| lane.open.load(Ordering::Relaxed));
        let Some((lane, runtime)) = lane.and_then(|lane| Some((lane, lane.runtime.as_ref()?))) else { return };
        let Ok(stream) = stream.into_std() else { return };
        let seat = Seat::take(&lane.open);
        runtime.spawn(async move {
            let _seat = seat;
            // Only now, since a socket belongs to the runtime in which it is made one.
            if let Ok(stream) = TcpStream::from_std(stream) {
                serve(stream).await;
            }
        });
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A connection in the count of its lane.
struct Seat(Arc<AtomicUsize>);

impl Seat {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(open))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::time::Duration;
    use tokio::sync::mpsc;

    #[tokio::test]
    async fn each_connection_goes_where_the_fewest_are() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let lanes = Lanes::start().unwrap();
        let (served, mut threads) = mpsc::unbounded_channel();
        let mut open = Vec::new();
        let mut seen = HashSet::new();
        for _ in 0..lanes.0.len() {
            open.push(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
            let (stream, _) = listener.accept().await.unwrap();
            let served = served.clone();
            lanes.spawn(stream, async move |stream: TcpStream| {
                served.send(std::thread::current().id()).unwrap();
                stream.readable().await.unwrap();
            });
            seen.insert(threads.recv().await.unwrap());
        }
        assert_eq!(seen.len(), lanes.0.len(), "a thread for each while there are as many");
        drop(open);
        let ended = async {
            while lanes.0.iter().any(|lane| lane.open.load(Ordering::Relaxed) > 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), ended).await.expect("who has gone counts no more");
    }
}
