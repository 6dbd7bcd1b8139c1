-- Events of committed changes that have not been told yet; a row is one transaction's events as a JSON array.
CREATE TABLE outbox (
    service TEXT   NOT NULL,
    id      BIGINT NOT NULL,
    events  TEXT   NOT NULL,
    PRIMARY KEY (service, id)
);
