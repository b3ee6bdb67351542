//! Nothing: cargo asks for a library or a program beside the benchmark.
