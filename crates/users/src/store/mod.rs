//! SQL of the users service: a file for each table.

mod sign_ins;
mod users;

use platform::db::Migration;

pub(crate) use sign_ins::{Exchange, Exchanged, NewSignIn, SignIn};
pub(crate) use users::{NewUser, User, UserChange};

/// The tables.
pub(crate) const MIGRATIONS: &[Migration] =
    platform::migrations!["V1__users", "V2__ended_sign_ins", "V3__username_keys"];

pub(crate) mod user {
    pub(crate) use super::users::{
        add, add_keys, change, find_by_email, lookup, lookup_many, lookup_named, search, set_avatar,
    };
}

pub(crate) mod sign_in {
    pub(crate) use super::sign_ins::{add, exchange, list, list_ended, remove, remove_oldest};
}

#[cfg(test)]
mod tests;
