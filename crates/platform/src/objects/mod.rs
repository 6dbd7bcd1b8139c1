//! Files as named bytes, outside of the database.
