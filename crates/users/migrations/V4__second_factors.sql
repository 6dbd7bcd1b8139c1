-- The second factor of a user (TOTP): its secret, sealed with a key that stands outside of the database. It is asked for once
-- it is confirmed; `last_step` is the last moment, in steps of thirty seconds, of which a code was accepted: none is twice.
CREATE TABLE second_factors (
    user_id      BIGINT PRIMARY KEY REFERENCES users (id),
    sealed       BYTEA  NOT NULL,
    begun_at     BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step    BIGINT NOT NULL
);

-- What one signs in with when the second factor is lost, each good for once; marked with a key that stands outside of the
-- database.
CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES users (id),
    mark    BYTEA  NOT NULL,
    PRIMARY KEY (user_id, mark)
);
