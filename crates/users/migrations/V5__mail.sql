-- Mails that wait to be sent. Who sends one moves `due_at` on first, so that no other instance takes it meanwhile. Links are
-- made when a mail is sent: none stands here.
CREATE TABLE mails (
    id         BIGINT PRIMARY KEY,
    kind       TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    user_id    BIGINT,
    attempts   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX mails_by_due ON mails (due_at);

-- Links that were given out, by the SHA-256 of their secret: to set a password, or to confirm the e-mail address they name.
CREATE TABLE account_links (
    hash       BYTEA  PRIMARY KEY,
    purpose    TEXT   NOT NULL,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    email      TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX account_links_by_user ON account_links (user_id);

-- E-mail addresses that users want to have and have not confirmed yet.
CREATE TABLE email_changes (
    user_id    BIGINT PRIMARY KEY REFERENCES users (id),
    email      TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
