-- Who somebody is at the identity manager: by issuer and subject, never by an e-mail address.
CREATE TABLE identities (
    issuer     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX identities_by_user ON identities (user_id);

-- What a sign-in stands on there: the session and its refresh token, sealed with a key that stands outside of the database.
-- A sign-in without a session stands on the account alone. `checked_at` is when the identity manager last said that it lives.
CREATE TABLE sign_in_grants (
    sign_in_id BIGINT PRIMARY KEY REFERENCES sign_ins (id) ON DELETE CASCADE,
    subject    TEXT   NOT NULL,
    client     TEXT   NOT NULL,
    session    TEXT,
    sealed     BYTEA,
    checked_at BIGINT NOT NULL
);
CREATE INDEX sign_in_grants_by_session ON sign_in_grants (session);
CREATE INDEX sign_in_grants_by_subject ON sign_in_grants (subject);

-- People who sign up at this moment: the names are theirs until it is done, or the lease is over and what is left of it at the
-- identity manager was removed.
CREATE TABLE pending_sign_ups (
    user_id     BIGINT PRIMARY KEY,
    username    TEXT   NOT NULL,
    email       TEXT   NOT NULL,
    lease_until BIGINT NOT NULL
);
CREATE UNIQUE INDEX pending_sign_ups_by_username ON pending_sign_ups (username);
CREATE UNIQUE INDEX pending_sign_ups_by_email ON pending_sign_ups (email);

-- Log-out tokens that were heeded: each is once.
CREATE TABLE heard_logouts (
    token_id TEXT   PRIMARY KEY,
    until    BIGINT NOT NULL
);
