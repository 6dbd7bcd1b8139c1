-- How many things show a picture that has no one owner.
ALTER TABLE kept_pictures ADD COLUMN holders BIGINT NOT NULL DEFAULT 0;
