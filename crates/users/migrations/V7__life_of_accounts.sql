-- Since when an administrator keeps a user out, and since when a user is one of the instance's administrators.
ALTER TABLE users ADD COLUMN disabled_at BIGINT;
ALTER TABLE users ADD COLUMN administrator_since BIGINT;

-- Usernames that users had: how often they changed theirs is counted by it, and nobody else gets one that was left lately.
CREATE TABLE former_usernames (
    user_id  BIGINT NOT NULL REFERENCES users (id),
    username TEXT   NOT NULL,
    left_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, left_at, username)
);
CREATE INDEX former_usernames_by_username ON former_usernames (username);
CREATE INDEX former_usernames_by_time ON former_usernames (left_at);
