-- What users want to have of all that is kept of them. A row is taken by moving `due_at` to when another one may take it; what
-- its parts are kept under is new each time, so that two who work on the same never meet.
CREATE TABLE exports (
    id           BIGINT NOT NULL PRIMARY KEY,
    user_id      BIGINT NOT NULL,
    -- preparing, ready or failed.
    status       TEXT   NOT NULL,
    requested_at BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    attempts     BIGINT NOT NULL DEFAULT 0,
    file_id      BIGINT,
    file_name    TEXT   NOT NULL DEFAULT '',
    size         BIGINT,
    ready_at     BIGINT,
    expires_at   BIGINT
);
CREATE INDEX exports_by_user ON exports (user_id, requested_at);
-- Of a user one is prepared at a time.
CREATE UNIQUE INDEX exports_preparing ON exports (user_id) WHERE status = 'preparing';
CREATE INDEX exports_by_time ON exports (due_at) WHERE status = 'preparing';
CREATE INDEX exports_by_expiry ON exports (expires_at) WHERE file_id IS NOT NULL;
