-- Sign-ins that were ended, for as long as access tokens of theirs may still be valid: whatever starts meanwhile must refuse
-- them, too.
CREATE TABLE ended_sign_ins (
    id       BIGINT PRIMARY KEY,
    ended_at BIGINT NOT NULL
);
CREATE INDEX ended_sign_ins_by_time ON ended_sign_ins (ended_at);
