//! Load generator and benchmarks against a running Beep.
