-- The previews of a message's links, as JSON; nothing for most.
ALTER TABLE messages ADD COLUMN embeds TEXT;
-- Somebody has removed them: there are none any more, whatever the message says later.
ALTER TABLE messages ADD COLUMN embeds_removed BOOLEAN NOT NULL DEFAULT FALSE;

-- Messages whose links are to be looked at. A row is taken by moving `due_at` to when another one may take it.
CREATE TABLE preview_jobs (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    attempts   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (server_id, channel_id, message_id)
);
CREATE INDEX preview_jobs_by_time ON preview_jobs (due_at);

-- What links lead to, for a while: nobody's, and the same for everybody. By the hash of the address, which may be a secret
-- of whoever wrote it.
CREATE TABLE link_previews (
    link_hash      TEXT   NOT NULL PRIMARY KEY,
    -- As JSON; nothing when there is nothing to show.
    embed          TEXT,
    expires_at     BIGINT NOT NULL,
    -- Until when somebody is about to fetch it.
    fetching_until BIGINT NOT NULL
);
CREATE INDEX link_previews_by_time ON link_previews (expires_at);
