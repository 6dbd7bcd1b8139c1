//! SQL of the users service: a file for each table.

mod accounts;
mod deletions;
mod former_usernames;
mod grants;
mod identities;
mod links;
mod mails;
mod passkeys;
mod second_factors;
mod sign_ins;
mod users;

use platform::db::Migration;

pub use accounts::Account;
pub(crate) use accounts::Standing;
pub(crate) use deletions::{Begun, Cancelled};
pub(crate) use grants::Grant;
pub(crate) use links::{NewLink, Purpose};
pub(crate) use mails::{NewMail, WaitingMail};
pub(crate) use passkeys::PasskeyRow;
pub(crate) use second_factors::SecondFactor;
pub(crate) use sign_ins::{Exchange, Exchanged, NewSignIn, SignIn};
pub(crate) use users::{NewUser, Picture, User, UserChange};

/// The tables.
pub(crate) const MIGRATIONS: &[Migration] = platform::migrations![
    "V1__users",
    "V2__ended_sign_ins",
    "V3__username_keys",
    "V4__second_factors",
    "V5__mail",
    "V6__identity_manager",
    "V7__life_of_accounts",
    "V8__deletion",
    "V9__passkeys",
    "V10__granted_at"
];

pub(crate) mod user {
    pub(crate) use super::users::{
        add, add_keys, change, find_by_email, hold_password, lookup, lookup_many, lookup_named, password_hash, search,
        set_email, set_password, set_picture, take_over,
    };
}

pub(crate) mod account {
    pub(crate) use super::accounts::{list, marks, set_administrator, set_disabled, standing};
}

pub(crate) mod deletion {
    pub(crate) use super::deletions::{begin, cancel, due, erase, list_erased, put_off, take_lease};
}

pub(crate) mod former_username {
    pub(crate) use super::former_usernames::{forget, hold, is_kept_from, leave, left_since, list, list_since};
}

pub(crate) mod sign_in {
    pub(crate) use super::sign_ins::{add, exchange, list, list_ended, remove, remove_all_but, remove_oldest};
}

pub(crate) mod link {
    pub(crate) use super::links::{add, begin_change, cancel_change, find, find_change, remove_all, take};
}

pub(crate) mod mail {
    pub(crate) use super::mails::{add, any_due, claim, put_off, remove};
}

pub(crate) mod passkey {
    pub(crate) use super::passkeys::{add, answer, find, list, remove, remove_all, set_used};
}

pub(crate) mod second_factor {
    pub(crate) use super::second_factors::{
        accept_step, begin, confirm, find, overview, recovery_codes, remove, replace_recovery_codes, take_recovery_code,
    };
}

pub(crate) mod identity {
    pub(crate) use super::identities::{
        add, find, is_reserved, left, list_of_user, release, reserve, subject_of, subject_of_user, take_lease, taken,
    };
}

pub(crate) mod grant {
    pub(crate) use super::grants::{add, checked, find, hear, is_named, is_stood_on, session_of, standing_on};
}

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod deletion_tests;
#[cfg(test)]
mod identity_tests;
#[cfg(test)]
mod mail_tests;
#[cfg(test)]
mod passkey_tests;
#[cfg(test)]
mod second_factor_tests;
#[cfg(test)]
mod tests;
