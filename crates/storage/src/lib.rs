//! Pictures: checked, re-encoded, stored and served.
