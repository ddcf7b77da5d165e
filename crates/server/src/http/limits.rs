use std::time::Duration;

/// What one listener grants its callers. Every limit is a bound on what a stranger can make this process hold or
/// wait for; none of them is met by a client that behaves.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest head of a request, in bytes: request line, header lines and the empty line. Above: 431.
    pub header_bytes: usize,
    /// Longest request target, in bytes, at most 65,534. Above: 414.
    pub target_bytes: usize,
    /// Most header lines of a request. Above: 431. More than 100 costs an allocation for each request.
    pub header_count: usize,
    /// How long the head may take from its first byte to its last. After: 408.
    pub header_deadline: Duration,
    /// Longest body, in bytes, unless [`Application::body_limit`](super::Application::body_limit) says otherwise.
    /// Above: 413, before anything is read if the length was declared.
    pub body_bytes: usize,
    /// How long the body may take from the end of the head to its last byte. After: 408.
    pub body_deadline: Duration,
    /// Slowest body, in bytes a second, counted from the end of the head. Below: 408.
    pub body_min_rate: u32,
    /// How long a body may be slower than [`body_min_rate`](Limits::body_min_rate) at its start.
    pub body_rate_grace: Duration,
    /// Memory, in bytes, for all bodies of this listener that came in more than one piece. Above: 503.
    pub bodies_bytes: usize,
    /// How long a connection may stay open without a request under way. After: closed without a word.
    pub idle: Duration,
    /// How long the client may take no byte of an answer. After: closed.
    pub write_stall: Duration,
    /// How long a connection that is closed in the middle of a request still discards what arrives, so that the
    /// answer reaches a client which is busy sending.
    pub linger: Duration,
    /// How many bytes are discarded at most in that time.
    pub linger_bytes: u64,
    /// Most open connections. The real cap is lower if the descriptor limit of the process, less
    /// [`reserved_descriptors`](Limits::reserved_descriptors), is lower. Above: 503 and closed.
    pub connections: usize,
    /// Most open connections of one address (IPv6: of one /64 network). Trusted proxies are exempt. Above: 503.
    pub connections_per_address: usize,
    /// Whether the cap for one address also holds for loopback addresses.
    pub cap_loopback: bool,
    /// Descriptors kept for everything else in the process: store, logs, and the listeners for health and
    /// administration, each of which has limits of its own.
    pub reserved_descriptors: usize,
    /// How long a drain waits for the requests under way.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 32 * 1024,
            target_bytes: 8 * 1024,
            header_count: 100,
            header_deadline: Duration::from_secs(10),
            body_bytes: 1024 * 1024,
            body_deadline: Duration::from_secs(60),
            body_min_rate: 500,
            body_rate_grace: Duration::from_secs(5),
            bodies_bytes: 256 * 1024 * 1024,
            idle: Duration::from_secs(75),
            write_stall: Duration::from_secs(30),
            linger: Duration::from_secs(2),
            linger_bytes: 8 * 1024 * 1024,
            connections: 4096,
            connections_per_address: 1024,
            cap_loopback: false,
            reserved_descriptors: 64,
            drain: Duration::from_secs(10),
        }
    }
}
