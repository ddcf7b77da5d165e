//! The samerow binary.

use std::process::ExitCode;

/// Gives back what a password took to hash, 19 MiB, where the system's allocator keeps it for each thread that ever did.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
