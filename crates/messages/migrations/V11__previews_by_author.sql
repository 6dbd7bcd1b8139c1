-- Whose links they are, so that nobody's keep everybody else's waiting. Those that wait already are taken as one author's.
ALTER TABLE preview_jobs ADD COLUMN author_id BIGINT NOT NULL DEFAULT 0;
