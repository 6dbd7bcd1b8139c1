//! Messages and read states: the durable, ordered conversation.
