//! What services say to each other: internal calls and the closed set of events.
