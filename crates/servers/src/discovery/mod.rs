//! Finding public servers, the best first:
//!
//! 1. whose name is what is sought;
//! 2. whose name begins so;
//! 3. who have a word in the name that begins so, for each word that is sought, in any order;
//! 4. who have such words in name and description;
//!
//! and among those that fit alike, those with most members first. How many are online is shown and not ranked by: it
//! changes every few seconds, and pages would overlap. Case and accents do not matter.
//!
//! - [`sought`]: what is typed, and how well something fits it;
//! - [`listing`]: what a server is found by; kept in the transaction that changes the server;
//! - [`indexing`]: servers that older versions of Beep kept, at the start;
//! - [`finding`]: the search.

mod finding;
mod indexing;
mod listing;
mod sought;

pub(crate) use finding::{Found, find};
pub(crate) use indexing::index_outdated;
pub(crate) use listing::{is_found_otherwise, list};
pub(crate) use sought::{Fit, Sought};
