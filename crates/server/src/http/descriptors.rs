use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many descriptors this process may have open, if there is a limit.
pub fn limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Raises that limit as far as the system lets an ordinary process; the usual one is low only for the sake of
/// programs that use `select`. Returns the limit then.
pub fn raise_limit() -> Option<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where the system refuses, the limit stays what it was.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    limit()
}
