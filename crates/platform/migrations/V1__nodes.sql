-- Who makes ids under which node number, and until when.
CREATE TABLE nodes (
    node         BIGINT PRIMARY KEY,
    holder       TEXT   NOT NULL,
    leased_until BIGINT NOT NULL
);
