-- How many changes of messages each channel has had: edits, deletions, pins. Those who keep something of messages elsewhere
-- (the search) ask for what has changed since they asked last.
CREATE TABLE change_counters (
    server_id   BIGINT NOT NULL,
    channel_id  BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    PRIMARY KEY (server_id, channel_id)
);

-- The last change of each message that was ever changed, by its number in the channel.
CREATE TABLE changes (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    PRIMARY KEY (server_id, channel_id, seq)
);
CREATE UNIQUE INDEX changes_by_number ON changes (server_id, channel_id, number);
