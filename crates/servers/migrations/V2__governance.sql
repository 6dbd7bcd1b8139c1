-- Roles, moderation, invitations: what governing a server needs.

ALTER TABLE servers ADD COLUMN icon_url TEXT;
ALTER TABLE servers ADD COLUMN banner_url TEXT;
-- Where newcomers begin, and where it is said who joined. Not foreign keys: a deleted channel is simply nowhere.
ALTER TABLE servers ADD COLUMN default_channel_id BIGINT;
ALTER TABLE servers ADD COLUMN system_channel_id BIGINT;

-- How long a member waits between two messages, in seconds.
ALTER TABLE channels ADD COLUMN slow_mode_seconds BIGINT NOT NULL DEFAULT 0;
-- Positions become sort keys with room between them (see placement.rs): numbers without gaps tell of hidden channels.
UPDATE channels SET position = (position + 1) * 1073741824;

-- Members could always post links to other sites: the new permission use_external_links (bit 62) takes nothing away.
UPDATE roles SET permissions = permissions | 4611686018427387904 WHERE id = server_id;

CREATE TABLE bans (
    server_id    BIGINT NOT NULL REFERENCES servers (server_id),
    user_id      BIGINT NOT NULL,
    reason       TEXT,
    banned_by    BIGINT NOT NULL,
    -- Messages that the user sent from then on go, too; none when it is null.
    delete_since BIGINT,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (server_id, user_id)
);

-- Time-outs of those who left: they hold when they come back.
CREATE TABLE time_outs (
    server_id  BIGINT NOT NULL REFERENCES servers (server_id),
    user_id    BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL,
    PRIMARY KEY (server_id, user_id)
);

CREATE TABLE audit_log (
    server_id   BIGINT NOT NULL REFERENCES servers (server_id),
    id          BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL,
    action      TEXT   NOT NULL,
    target_kind TEXT   NOT NULL,
    -- An id in decimal, or an invitation's code.
    target_id   TEXT   NOT NULL,
    -- The channel that it happened in, for whoever reads: who does not see it does not see the entry.
    channel_id  BIGINT,
    -- A JSON array of {field, before, after}.
    changes     TEXT   NOT NULL,
    reason      TEXT,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (server_id, id)
);
CREATE INDEX audit_log_by_actor ON audit_log (server_id, actor_id, id);
CREATE INDEX audit_log_by_action ON audit_log (server_id, action, id);
CREATE INDEX audit_log_by_target ON audit_log (server_id, target_id, id);

CREATE TABLE invitations (
    code       TEXT   NOT NULL PRIMARY KEY,
    server_id  BIGINT NOT NULL REFERENCES servers (server_id),
    inviter_id BIGINT NOT NULL,
    -- Whom it is for; whoever has the code when it is null.
    user_id    BIGINT,
    uses       BIGINT NOT NULL CHECK (uses >= 0),
    max_uses   BIGINT,
    expires_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX invitations_by_server ON invitations (server_id, created_at);
CREATE INDEX invitations_by_user ON invitations (user_id, created_at);

-- The words of public servers' names and descriptions, folded, for discovery.
CREATE TABLE server_words (
    word      TEXT    NOT NULL,
    server_id BIGINT  NOT NULL REFERENCES servers (server_id),
    in_name   BOOLEAN NOT NULL,
    PRIMARY KEY (word, server_id, in_name)
);
CREATE INDEX server_words_by_server ON server_words (server_id);

-- How many members of a server each gateway has connected, as it said last.
CREATE TABLE online_counts (
    server_id   BIGINT NOT NULL REFERENCES servers (server_id),
    gateway_id  BIGINT NOT NULL,
    online      BIGINT NOT NULL CHECK (online >= 0),
    reported_at BIGINT NOT NULL,
    PRIMARY KEY (server_id, gateway_id)
);
