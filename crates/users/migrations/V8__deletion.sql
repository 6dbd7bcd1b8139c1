-- When an account is to be erased; null where nobody has asked for it, and once it is done. From `erasing_until` on, nothing can
-- be taken back: whoever erases the account has it until then, and after that another one may. `erased_at`: it is empty.
ALTER TABLE users ADD COLUMN deletion_at BIGINT;
ALTER TABLE users ADD COLUMN erasing_until BIGINT;
ALTER TABLE users ADD COLUMN erased_at BIGINT;
CREATE INDEX users_by_deletion ON users (deletion_at);
CREATE INDEX users_by_erasure ON users (erased_at, id);
