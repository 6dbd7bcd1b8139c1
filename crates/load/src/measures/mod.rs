//! The measures, one each.

pub(crate) mod apart;
pub(crate) mod community;
pub(crate) mod creates;
pub(crate) mod delivery;
pub(crate) mod discovery;
pub(crate) mod idle;
pub(crate) mod mixed_page;
pub(crate) mod page;
pub(crate) mod search;
pub(crate) mod start;
pub(crate) mod transfers;
mod way;
mod words;
