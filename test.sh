#!/bin/sh
# Everything that has to hold before a change is integrated.
#
# On Debian and Ubuntu it installs what is missing, as root or with sudo; elsewhere it says what that is. Tests that
# cannot run are named at the end; with CI=true they are failures.
set -u
cd "$(dirname "$0")" || exit 1
PATH=$PATH:/usr/sbin:/sbin
out=${CARGO_TARGET_DIR:-target}
logs=$out/test
mkdir -p "$logs" "$out/tmp"
: >"$out/tmp/report.txt"
: >"$logs/summary"

has() { command -v "$1" >/dev/null 2>&1; }

# --- what the tests need: a probe, and the Debian package that makes it succeed ---------------------------------------

missing=
need() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
look_for_missing() {
    missing=
    need build-essential has cc
    need build-essential has c++
    need git has git
    need curl has curl
    need sqlite3 has sqlite3
    need util-linux has setpriv
    need php-cli has php
    need php-curl php -r 'exit(extension_loaded("curl") ? 0 : 1);'
    need php-soap php -r 'exit(extension_loaded("soap") ? 0 : 1);'
    need libsoap-lite-perl perl -MSOAP::Lite -e 1
    need php-xmlrpc php -r 'exit(extension_loaded("xmlrpc") ? 0 : 1);'
    need librpc-xml-perl perl -MRPC::XML::Client -e 1
    need libfrontier-rpc-perl perl -MFrontier::Client -e 1
    need libxmlrpc-lite-perl perl -MXMLRPC::Lite -e 1
    need libxmlrpc-core-c3-dev has xmlrpc
    need mono-devel has wsdl
    need mono-mcs has mcs
    need default-jdk-headless has javac
    need jaxws has wsimport
    need gsoap has wsdl2h
    need libgsoap-dev test -e /usr/include/stdsoap2.h
    need nodejs has node
    need npm has npm
    need chromium has chromium
    need chromium-driver has chromedriver
    need python3 has python3
    need libfaketime ls /usr/lib/*/faketime/libfaketime.so.1
    need postgresql-15 ls /usr/lib/postgresql/15/bin/initdb
    need python3-venv python3 -c 'import ensurepip, venv'
    if [ "$(uname)" = Linux ]; then
        need strace has strace
        need xfsprogs has mkfs.xfs
        need e2fsprogs has mkfs.ext4
    fi
}

look_for_missing
if [ -n "$missing" ] && has apt-get; then
    if [ "$(id -u)" = 0 ]; then as_root="env"; else as_root="sudo -n"; fi
    echo "installing:$missing"
    # shellcheck disable=SC2086  # several words each
    $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
    look_for_missing
fi
if [ -n "$missing" ]; then
    echo "Missing. The names of the Debian packages are:$missing"
    case "${CI:-} $missing " in true* | *build-essential*) exit 1 ;; esac
fi
if ! has cargo; then
    echo "Missing: Rust. Install it with rustup (https://rustup.rs); the version in rust-toolchain.toml is then taken by itself."
    exit 1
fi
cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy || exit 1

# Python and node find what the clients need; a failure shows in the tests that need it.
.venv/bin/python -c 'import aiosmtpd, cryptography, future, jwt, openapi_python_client, requests, requests_oauthlib, schemathesis, suds, zeep
from importlib.metadata import version; assert version("bingads") == "11.12.7"' 2>/dev/null || {
    python3 -m venv .venv && .venv/bin/python -m pip install --quiet --requirement clients/python/requirements.txt &&
        .venv/bin/python -m pip install --quiet --no-deps --requirement clients/python/requirements-no-deps.txt
}
(cd clients/node && { npm ls >/dev/null 2>&1 || npm ci --ignore-scripts; })
(cd clients/console && { npm ls >/dev/null 2>&1 || npm ci --ignore-scripts; })
(cd clients/typescript && { npm ls >/dev/null 2>&1 || npm ci --ignore-scripts; })

# --- the stages -------------------------------------------------------------------------------------------------------

failed=0
# stage NAME MINUTES COMMAND...: runs it, keeps what it says in $logs/NAME.log, and goes on whatever happens.
stage() {
    name=$1 limit=$(($2 * 60))
    shift 2
    printf '\n=== %s: %s\n' "$name" "$*"
    began=$(date +%s)
    if has timeout; then set -- timeout --kill-after=10 "$limit" "$@"; fi
    { "$@" 2>&1; echo $? >"$logs/status"; } | tee "$logs/$name.log"
    status=$(cat "$logs/status")
    took=$(($(date +%s) - began))
    case $status in
        0) word=ok ;;
        124) word="FAILED: not done within $((limit / 60)) minutes" ;;
        *) word=FAILED ;;
    esac
    [ "$status" = 0 ] || failed=$((failed + 1))
    printf '%-10s %5s s   %s\n' "$name" "$took" "$word" >>"$logs/summary"
}

features="--locked --workspace --features server/faults"
# shellcheck disable=SC2086  # several words
{
    stage format 2 cargo fmt --all --check
    stage clippy 15 cargo clippy $features --all-targets -- -D warnings
    stage tidy 5 cargo xtask tidy
    if cargo nextest --version >/dev/null 2>&1; then
        stage tests 40 cargo nextest run $features --no-fail-fast
        ignored=$(cargo nextest list --cargo-quiet $features --run-ignored only --message-format oneline 2>/dev/null)
    else
        echo "cargo-nextest is not there (cargo install --locked cargo-nextest): the tests take longer without it"
        stage tests 40 cargo test $features --no-fail-fast --lib --bins --tests --examples
    fi
    stage postgres 20 env SAMEROW_TEST_POSTGRES=1 cargo test --locked -p dialects --test golden
    # The programs of the vendors' users, one test each, over PostgreSQL too.
    stage pg-clients 15 env SAMEROW_TEST_POSTGRES=1 cargo test --locked -p server --features server/faults \
        --test clients --test xmlrpc_clients --test superoffice -- sample carries_texts php soap_lite zeep
    stage doctests 10 cargo test $features --doc
}
for target in $(sed -n '/^\[\[bin\]\]/,/^name/s/^name = "\(.*\)"/\1/p' fuzz/Cargo.toml); do
    stage "fuzz-$target" 10 fuzz/run.sh "$target" "${FUZZ_SECONDS:-4}" -verbosity=0
done
if cargo deny --version >/dev/null 2>&1; then
    checks="bans licenses sources"
    if cargo deny --all-features fetch db >/dev/null 2>&1; then
        checks="advisories $checks"
    else
        echo "not run: cargo deny check advisories: the database of advisories cannot be fetched" >>"$out/tmp/report.txt"
    fi
    # shellcheck disable=SC2086  # several words
    stage deny 5 cargo deny --all-features check --hide-inclusion-graph $checks
else
    echo "not run: cargo deny: not installed (cargo install --locked cargo-deny)" >>"$out/tmp/report.txt"
fi

# --- what came of it --------------------------------------------------------------------------------------------------

printf '\n=== summary\n'
cat "$logs/summary"
sed -n 's/^ *Summary \[.*\] /tests: /p' "$logs/tests.log"
slow=$(sed -n 's/^ *[A-Z]* \[ *\([0-9.]*\)s\] *([^)]*) \(.*\)/\1 s  \2/p' "$logs/tests.log" | sort -rn | head -8)
[ -z "$slow" ] || printf '\nslowest tests:\n%s\n' "$slow"
not_run=$(sed -n 's/^not run: /  /p' "$out/tmp/report.txt" | sort -u)
[ -z "${ignored:-}" ] || printf '\nignored (processes that other tests start):\n%s\n' "$ignored"
[ -z "$not_run" ] || printf '\nnot run:\n%s\n' "$not_run"
if [ "$failed" = 0 ]; then
    printf '\nEverything that ran passed.\n'
else
    printf '\n%s of the stages above FAILED; what they said is in %s.\n' "$failed" "$logs"
    exit 1
fi
