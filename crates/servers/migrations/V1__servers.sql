-- Servers are the tenants: every key begins with server_id. Indexes that begin otherwise serve the directory
-- (the servers of a user, discovery), which may move to a database of its own.

CREATE TABLE servers (
    server_id        BIGINT NOT NULL PRIMARY KEY,
    -- Grows with every change of the server, its channels, roles or members.
    version          BIGINT NOT NULL,
    name             TEXT   NOT NULL,
    name_fold        TEXT   NOT NULL,
    description      TEXT   NOT NULL,
    description_fold TEXT   NOT NULL,
    visibility       TEXT   NOT NULL CHECK (visibility IN ('public', 'private')),
    owner_id         BIGINT NOT NULL,
    member_count     BIGINT NOT NULL CHECK (member_count >= 0),
    created_at       BIGINT NOT NULL
);
CREATE INDEX servers_by_size ON servers (visibility, member_count DESC, server_id);

CREATE TABLE roles (
    server_id   BIGINT  NOT NULL REFERENCES servers (server_id),
    id          BIGINT  NOT NULL,
    name        TEXT    NOT NULL,
    color       TEXT,
    position    BIGINT  NOT NULL,
    hoisted     BOOLEAN NOT NULL,
    permissions BIGINT  NOT NULL,
    PRIMARY KEY (server_id, id)
);

CREATE TABLE channels (
    server_id  BIGINT NOT NULL REFERENCES servers (server_id),
    id         BIGINT NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('text', 'voice', 'folder')),
    name       TEXT   NOT NULL,
    topic      TEXT,
    parent_id  BIGINT,
    -- 0, 1, 2 … within the folder, or at the top level.
    position   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (server_id, id),
    FOREIGN KEY (server_id, parent_id) REFERENCES channels (server_id, id)
);

CREATE TABLE members (
    server_id         BIGINT NOT NULL REFERENCES servers (server_id),
    user_id           BIGINT NOT NULL,
    nickname          TEXT,
    nickname_fold     TEXT,
    joined_at         BIGINT NOT NULL,
    timeout_until     BIGINT,
    -- A copy of the user's summary, whose owner is the users service.
    username          TEXT   NOT NULL,
    display_name      TEXT   NOT NULL,
    display_name_fold TEXT   NOT NULL,
    avatar_url        TEXT,
    PRIMARY KEY (server_id, user_id)
);
CREATE INDEX members_by_name ON members (server_id, display_name_fold, user_id);
CREATE INDEX members_by_user ON members (user_id, server_id);

CREATE TABLE member_roles (
    server_id BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    role_id   BIGINT NOT NULL,
    PRIMARY KEY (server_id, user_id, role_id),
    FOREIGN KEY (server_id, user_id) REFERENCES members (server_id, user_id),
    FOREIGN KEY (server_id, role_id) REFERENCES roles (server_id, id)
);
CREATE INDEX member_roles_by_role ON member_roles (server_id, role_id);
CREATE INDEX member_roles_by_user ON member_roles (user_id, server_id);

CREATE TABLE overwrites (
    server_id  BIGINT  NOT NULL,
    channel_id BIGINT  NOT NULL,
    -- A role's id, or a user's when is_member is true.
    target_id  BIGINT  NOT NULL,
    is_member  BOOLEAN NOT NULL,
    allowed    BIGINT  NOT NULL,
    denied     BIGINT  NOT NULL,
    PRIMARY KEY (server_id, channel_id, target_id, is_member),
    FOREIGN KEY (server_id, channel_id) REFERENCES channels (server_id, id)
);

-- How many servers a user is in and owns: the limits are conditions on this one row, so that they hold whatever happens
-- at the same time in different servers.
CREATE TABLE user_totals (
    user_id BIGINT NOT NULL PRIMARY KEY,
    servers BIGINT NOT NULL CHECK (servers >= 0),
    owned   BIGINT NOT NULL CHECK (owned >= 0)
);
