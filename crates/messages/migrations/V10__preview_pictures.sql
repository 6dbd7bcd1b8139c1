-- Which pictures the previews of messages show, by their keys. A message that shows one in two previews has one row.
CREATE TABLE preview_pictures (
    server_id  BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    picture    TEXT   NOT NULL,
    PRIMARY KEY (server_id, channel_id, message_id, picture)
);
-- The same of what is remembered of a link; nothing also where the picture is from before this.
ALTER TABLE link_previews ADD COLUMN picture TEXT;
