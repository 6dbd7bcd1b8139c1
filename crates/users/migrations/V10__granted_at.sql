-- When the identity manager has granted what a sign-in stands on, by its own clock, in whole seconds: what it says to have ended
-- before that has not ended this one. What was granted before this column ends with all.
ALTER TABLE sign_in_grants ADD COLUMN granted_at BIGINT NOT NULL DEFAULT 0;
