-- The username as bytes: a text is ordered by the rules of some language, and what begins with a prefix would not stand
-- together. Users from before get theirs at the first start after this (src/store/users.rs).
ALTER TABLE users ADD COLUMN username_key BYTEA;
CREATE INDEX users_by_username_key ON users (username_key);
