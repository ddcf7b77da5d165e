//! Deliberate faults: each makes the store wrong in one way, so that the test for it can prove that it would notice.
//! Without the cargo feature `faults` all of them are constant `false`.

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[cfg(feature = "faults")]
            pub(crate) fn $name() -> bool {
                chosen() == Some($word)
            }

            $(#[doc = $doc])+
            #[cfg(not(feature = "faults"))]
            pub(crate) const fn $name() -> bool {
                false
            }
        )+
    };
}

faults! {
    /// Commits without waiting for the disk.
    synchronous_off = "synchronous-off";
    /// Answers before the commit.
    ack_before_commit = "ack-before-commit";
    /// Goes on writing after a flush failed.
    keep_going_after_failed_fsync = "keep-going-after-failed-fsync";
    /// Serves a record whose checksum does not match.
    skip_checksum = "skip-checksum";
    /// Lets two servers open one store.
    share_store = "share-store";
}

#[cfg(feature = "faults")]
#[allow(clippy::disallowed_methods, reason = "a test build is told its fault by the test")]
fn chosen() -> Option<&'static str> {
    static CHOSEN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("SAMEROW_FAULT").ok()).as_deref()
}
