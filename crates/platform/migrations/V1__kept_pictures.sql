-- Pictures that services have the storage service keep, each for one owner. `let_go_at`: from when on it may be deleted; null while
-- its owner shows it; 0 once that is decided. `deleted_at`: when that was done for the first time.
CREATE TABLE kept_pictures (
    service    TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    owner      TEXT   NOT NULL,
    let_go_at  BIGINT,
    deleted_at BIGINT,
    PRIMARY KEY (service, key)
);
CREATE INDEX kept_pictures_by_owner ON kept_pictures (service, owner);
CREATE INDEX kept_pictures_by_time ON kept_pictures (service, let_go_at);
