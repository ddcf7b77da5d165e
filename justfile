# `just` lists the chores.
_list:
    @just --list --unsorted

# Serve the demo on http://127.0.0.1:7263
serve *flags:
    cargo run --release --bin samerow -- serve --demo {{flags}}

# Everything that has to hold before a change is integrated
test:
    ./test.sh

# Format, clippy
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --features server/faults -- -D warnings

# The habits that neither the compiler nor clippy sees
tidy:
    cargo xtask tidy

# samerow beside its yardsticks: `just bench --quick`
bench *flags:
    cargo xtask bench {{flags}}

# One fuzz target for some seconds: `just fuzz json 60`
fuzz target seconds="20":
    fuzz/run.sh {{target}} {{seconds}}
