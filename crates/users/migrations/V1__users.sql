-- People, their settings, and where they are signed in.
CREATE TABLE users (
    id            BIGINT PRIMARY KEY,
    username      TEXT   NOT NULL,
    email         TEXT   NOT NULL,
    first_name    TEXT   NOT NULL,
    last_name     TEXT   NOT NULL,
    biography     TEXT   NOT NULL DEFAULT '',
    status        TEXT   NOT NULL DEFAULT 'online',
    status_text   TEXT   NOT NULL DEFAULT '',
    avatar_url    TEXT,
    banner_url    TEXT,
    password_hash TEXT   NOT NULL,
    language      TEXT   NOT NULL,
    theme         TEXT   NOT NULL DEFAULT 'system',
    density       TEXT   NOT NULL DEFAULT 'cosy',
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_by_username ON users (username);
CREATE UNIQUE INDEX users_by_email ON users (email);

-- A sign-in is a device on which a user is signed in.
CREATE TABLE sign_ins (
    id           BIGINT PRIMARY KEY,
    user_id      BIGINT NOT NULL REFERENCES users (id),
    user_agent   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sign_ins_by_user ON sign_ins (user_id, last_used_at);

-- Refresh tokens by their SHA-256. One that was exchanged is kept, so that its second use is noticed.
CREATE TABLE refresh_tokens (
    sign_in_id    BIGINT NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE,
    hash          BYTEA  NOT NULL,
    exchanged_at  BIGINT,
    PRIMARY KEY (sign_in_id, hash)
);
