-- How many messages each channel has had: the number of the last one.
CREATE TABLE channel_counters (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    last_seq   BIGINT NOT NULL,
    PRIMARY KEY (server_id, channel_id)
);

CREATE TABLE messages (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    author_id  BIGINT NOT NULL,
    content    TEXT   NOT NULL,
    nonce      TEXT,
    created_at BIGINT NOT NULL,
    edited_at  BIGINT,
    PRIMARY KEY (server_id, channel_id, id)
);
CREATE UNIQUE INDEX messages_by_seq ON messages (server_id, channel_id, seq);
-- A retry never stores a second message (reliability: idempotent by constraint).
CREATE UNIQUE INDEX messages_by_nonce ON messages (server_id, channel_id, author_id, nonce) WHERE nonce IS NOT NULL;
