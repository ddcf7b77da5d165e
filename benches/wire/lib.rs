//! Only benchmarks: see `soap.rs`.
