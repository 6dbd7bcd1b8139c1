//! Connections that stay open.

pub(crate) mod bare;
pub(crate) mod subscriber;
