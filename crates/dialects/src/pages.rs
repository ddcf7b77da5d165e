//! Pages of the feed that many followers wait for at the same place: each is read and written down once for all of them.

use crate::memory::lock;
use bytes::Bytes;
use domain::feed::Cursor;
use domain::operation::ReadFeed;
use domain::{Caller, Error};
use std::sync::{Arc, Mutex};
use tokio::sync::OnceCell;

/// Different pages that are kept; whoever asks for one more reads it alone.
const MAX_PAGES: usize = 64;

/// A page as a follower is told it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// The events, ready to be sent.
    pub(crate) text: Bytes,
    /// Where the next page starts.
    pub(crate) next: Cursor,
    /// Whether there was more when it was read.
    pub(crate) more: bool,
}

/// Who asks for what.
#[derive(PartialEq)]
struct Question(Caller, ReadFeed);

impl Question {
    /// What somebody may see does not depend on who they are: only on what they reach.
    fn of(caller: &Caller, ask: &ReadFeed) -> Self {
        let Caller { tenant, role, customer, scopes, ref masked, .. } = *caller;
        Self(Caller { role, customer, scopes, masked: masked.clone(), ..Caller::anonymous(tenant) }, ask.clone())
    }
}

type Answer = Arc<OnceCell<Told>>;

/// See the [module](self).
#[derive(Default)]
pub(crate) struct Pages(Mutex<(u64, Vec<(Question, Answer)>)>);

impl Pages {
    /// The page that holds at least what was committed when `commits`, a number that grows with them, was read.
    ///
    /// # Errors
    /// What `read` answers; then the next one who asks reads again.
    pub(crate) async fn get(
        &self,
        commits: u64,
        caller: &Caller,
        ask: &ReadFeed,
        read: impl Future<Output = Result<Told, Error>>,
    ) -> Result<Told, Error> {
        let answer = self.answer(commits, Question::of(caller, ask));
        answer.get_or_try_init(|| read).await.cloned()
    }

    fn answer(&self, commits: u64, question: Question) -> Answer {
        let mut kept = lock(&self.0);
        let (of, answers) = &mut *kept;
        if *of < commits {
            *of = commits;
            answers.clear();
        }
        if let Some((_, answer)) = answers.iter().find(|(known, _)| *known == question) {
            return Arc::clone(answer);
        }
        let answer = Answer::default();
        if answers.len() < MAX_PAGES {
            answers.push((question, Arc::clone(&answer)));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tenant::Tenant;
    use domain::{Kind, Role};

    fn ask(kinds: Vec<Kind>) -> ReadFeed {
        ReadFeed { after: None, kinds, dialects: Vec::new(), limit: 100 }
    }

    #[tokio::test]
    async fn a_page_is_read_once_for_those_who_may_see_the_same() {
        let pages = Pages::default();
        let reads = std::cell::Cell::new(0);
        let get = async |commits, role, name: &str, kinds| {
            let caller = Caller { role, name: name.to_owned(), ..Caller::anonymous(Tenant::DEFAULT) };
            let read = async {
                reads.set(reads.get() + 1);
                Ok(Told { text: Bytes::new(), next: Cursor::start(Tenant::DEFAULT), more: false })
            };
            pages.get(commits, &caller, &ask(kinds), read).await.unwrap();
            reads.get()
        };
        assert_eq!(get(1, Role::Admin, "one", vec![]).await, 1);
        assert_eq!(get(1, Role::Admin, "another", vec![]).await, 1);
        assert_eq!(get(0, Role::Admin, "a late one", vec![]).await, 1, "a later page holds it all");
        assert_eq!(get(1, Role::Viewer, "one", vec![]).await, 2);
        assert_eq!(get(1, Role::Admin, "one", vec![Kind::Ticket]).await, 3);
        assert_eq!(get(2, Role::Admin, "one", vec![]).await, 4, "something was committed since");
    }

    #[tokio::test]
    async fn what_fails_is_read_again_and_no_more_is_kept_than_there_is_room_for() {
        let pages = Pages::default();
        let caller = Caller::anonymous(Tenant::DEFAULT);
        let failing = async { Err(Error::internal("broken")) };
        assert!(pages.get(1, &caller, &ask(vec![]), failing).await.is_err());
        for number in 0..2 * MAX_PAGES as u32 {
            let asked = ReadFeed { limit: number, ..ask(vec![]) };
            let told = async { Ok(Told { text: Bytes::new(), next: Cursor::start(Tenant::DEFAULT), more: true }) };
            assert!(pages.get(1, &caller, &asked, told).await.unwrap().more);
        }
        assert_eq!(lock(&pages.0).1.len(), MAX_PAGES);
    }
}
