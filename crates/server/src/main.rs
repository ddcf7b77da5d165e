//! The samerow binary.

use std::process::ExitCode;

// Requests allocate many small things on several threads: see docs/adr/0006.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
