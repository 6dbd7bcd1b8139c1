//! Accounts, profiles, sessions and the embedded identity.
