//! Who sees a channel, grouped and in order (C8). Pure: no clock, no task, no socket.

mod directory;
mod list;
mod member;
mod sight;

pub use directory::{Directory, Row};
pub use list::{Group, GroupName, Groups, Place};
pub use member::{Member, Summary};
pub use sight::Sight;
