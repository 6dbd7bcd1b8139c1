-- Discovery by words, and how many members are online. What servers are called is indexed at the first start after this:
-- folding is not for SQL (src/discovery/indexing.rs).

-- Nothing was in it.
DROP TABLE server_words;

-- The words of public servers' names and descriptions, folded; of private ones there are none. Bytes, because a text is
-- ordered by the rules of some language, and what begins with a prefix would not stand together.
CREATE TABLE server_words (
    server_id BIGINT  NOT NULL REFERENCES servers (server_id),
    word      BYTEA   NOT NULL,
    -- Whether it is in the name, and not in the description alone.
    in_name   BOOLEAN NOT NULL,
    PRIMARY KEY (server_id, word)
);
CREATE INDEX server_words_by_word ON server_words (in_name, word, server_id);

-- The whole name of a public server, folded; null of a private one.
ALTER TABLE servers ADD COLUMN name_key BYTEA;
CREATE INDEX servers_by_name ON servers (name_key);
-- By which rules the words were found, so that others can be found when the rules change; 0: not yet.
ALTER TABLE servers ADD COLUMN words_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX servers_by_words_version ON servers (words_version, server_id);
ALTER TABLE servers DROP COLUMN name_fold;
ALTER TABLE servers DROP COLUMN description_fold;

-- Nothing was in it.
DROP TABLE online_counts;

-- Gateways that say how many are online, each by the number that it drew when it started.
CREATE TABLE reporting_gateways (
    gateway_id  BIGINT NOT NULL PRIMARY KEY,
    reported_at BIGINT NOT NULL
);
CREATE INDEX reporting_gateways_by_time ON reporting_gateways (reported_at);

-- How many members of a server are connected anywhere and not invisible, as each gateway knows it. A server may be gone
-- before the last word of it is: no foreign key.
CREATE TABLE online_counts (
    server_id  BIGINT NOT NULL,
    gateway_id BIGINT NOT NULL,
    online     BIGINT NOT NULL CHECK (online > 0),
    PRIMARY KEY (server_id, gateway_id)
);
CREATE INDEX online_counts_by_gateway ON online_counts (gateway_id, server_id);
