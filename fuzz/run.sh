#!/bin/sh
# Fuzzes one target for some seconds, on stable Rust: fuzz/run.sh <target> [seconds] [libFuzzer options]
#
# Inputs that reach new code are kept in fuzz/corpus/<target>, those that break the target in fuzz/findings. A
# finding is replayed with: fuzz/target/<triple>/release/<target> <file>
set -eu
cd "$(dirname "$0")"

target=${1:?usage: run.sh <target> [seconds] [libFuzzer options]}
seconds=${2:-20}
[ $# -ge 2 ] && shift 2 || shift 1

# What -Zsanitizer=fuzzer would set, by LLVM's own names. An explicit triple keeps it away from build scripts.
triple=$(rustc -vV | sed -n 's/^host: //p')
pass=-Cllvm-args=-sanitizer-coverage
RUSTFLAGS="-Ccodegen-units=1 -Cpasses=sancov-module $pass-level=4 $pass-inline-8bit-counters $pass-pc-table $pass-trace-compares" \
    cargo build --quiet --release --target "$triple" --target-dir target --bin "$target"

mkdir -p "corpus/$target" findings
exec "target/$triple/release/$target" "corpus/$target" "seeds/$target" -max_total_time="$seconds" -max_len=4096 \
    -timeout=5 -rss_limit_mb=1024 -artifact_prefix="findings/$target-" -print_final_stats=1 "$@"
