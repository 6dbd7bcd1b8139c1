-- Passkeys of the embedded identity (WebAuthn): in place of password and code. `credential` is the public key and what goes with
-- it, as JSON; nothing here is a secret.
CREATE TABLE passkeys (
    id            BIGINT PRIMARY KEY,
    user_id       BIGINT NOT NULL REFERENCES users (id),
    credential_id BYTEA  NOT NULL,
    credential    TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT
);
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_id);
CREATE INDEX passkeys_by_user ON passkeys (user_id, id);

-- Challenges that were answered, by their SHA-256, for as long as they could be answered once more.
CREATE TABLE answered_challenges (
    hash       BYTEA  PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX answered_challenges_by_expiry ON answered_challenges (expires_at);
