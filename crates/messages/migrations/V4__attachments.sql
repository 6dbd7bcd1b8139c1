-- How many files a message has.
ALTER TABLE messages ADD COLUMN attachment_count BIGINT NOT NULL DEFAULT 0;

-- Files: while they are uploaded, while they wait to be sent, and of messages. The bytes are kept by the storage service
-- under the id. The row is there before any byte is.
CREATE TABLE attachments (
    server_id     BIGINT  NOT NULL,
    id            BIGINT  NOT NULL,
    channel_id    BIGINT  NOT NULL,
    uploader_id   BIGINT  NOT NULL,
    name          TEXT    NOT NULL,
    -- What was announced; of a finished file, what is kept.
    size          BIGINT  NOT NULL,
    -- How much of it is kept for certain.
    received      BIGINT  NOT NULL,
    -- Null until it is finished.
    content_type  TEXT,
    width         BIGINT,
    height        BIGINT,
    placeholder   TEXT,
    has_thumbnail BOOLEAN NOT NULL DEFAULT FALSE,
    -- When it goes, unless it was sent.
    expires_at    BIGINT  NOT NULL,
    message_id    BIGINT,
    position      BIGINT  NOT NULL DEFAULT 0,
    is_spoiler    BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (server_id, id)
);
CREATE INDEX attachments_by_message ON attachments (server_id, channel_id, message_id);
-- How much a user keeps, in all servers.
CREATE INDEX attachments_by_uploader ON attachments (uploader_id, size);
CREATE INDEX attachments_by_expiry ON attachments (expires_at) WHERE message_id IS NULL;

-- The parts of unfinished uploads, without gaps.
CREATE TABLE upload_parts (
    server_id     BIGINT NOT NULL,
    attachment_id BIGINT NOT NULL,
    start         BIGINT NOT NULL,
    length        BIGINT NOT NULL,
    -- The request that sent it.
    attempt       BIGINT NOT NULL,
    PRIMARY KEY (server_id, attachment_id, start)
);

-- Who uploads: a row to hold while it is counted what they keep.
CREATE TABLE uploaders (
    user_id BIGINT NOT NULL PRIMARY KEY,
    uploads BIGINT NOT NULL
);

-- Files whose rows are gone, and whose bytes the storage service still has to delete.
CREATE TABLE discarded_files (
    server_id BIGINT NOT NULL,
    file_id   BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    PRIMARY KEY (server_id, file_id)
);
CREATE INDEX discarded_files_by_time ON discarded_files (due_at);
