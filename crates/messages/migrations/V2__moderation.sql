-- Messages of a banned user are found by their author.
CREATE INDEX messages_by_author ON messages (server_id, author_id, created_at);

-- What a message is: somebody's, or what Beep says of somebody.
ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT 'default';

-- When a user sent their last message in a channel with slow mode.
CREATE TABLE slow_mode (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    PRIMARY KEY (server_id, channel_id, user_id)
);
