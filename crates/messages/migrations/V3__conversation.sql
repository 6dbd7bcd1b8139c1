-- The message that this one answers, in the same channel; it may be gone.
ALTER TABLE messages ADD COLUMN reply_to_id BIGINT;
-- What the message mentions, as JSON; nothing for most.
ALTER TABLE messages ADD COLUMN mentions TEXT;
ALTER TABLE messages ADD COLUMN pinned_at BIGINT;
ALTER TABLE messages ADD COLUMN pinned_by BIGINT;
-- Set once somebody has reacted: a page without such messages is read without a look at the reactions.
ALTER TABLE messages ADD COLUMN reacted BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX messages_by_pin ON messages (server_id, channel_id, pinned_at, id) WHERE pinned_at IS NOT NULL;

CREATE TABLE reactions (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    emoji      TEXT   NOT NULL,
    user_id    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (server_id, channel_id, message_id, emoji, user_id)
);

-- Whom a message calls: a user, or a role, of which `everyone` has the id of the server. For the number of mentions that
-- somebody has not read.
CREATE TABLE mentions (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    target_id  BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    PRIMARY KEY (server_id, target_id, channel_id, seq)
);
-- What goes with a message.
CREATE INDEX mentions_by_message ON mentions (server_id, channel_id, seq);

-- How far a user has read a channel.
CREATE TABLE read_states (
    server_id  BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    last_seq   BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    PRIMARY KEY (server_id, user_id, channel_id)
);
