-- What users have begun to write. Of one that was sent or emptied there is no row.
CREATE TABLE drafts (
    server_id   BIGINT NOT NULL,
    user_id     BIGINT NOT NULL,
    channel_id  BIGINT NOT NULL,
    content     TEXT   NOT NULL,
    reply_to_id BIGINT,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (server_id, user_id, channel_id)
);
