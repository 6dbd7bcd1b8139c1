-- What is private to somebody whose account was erased is found in all servers at once.
CREATE INDEX drafts_by_user ON drafts (user_id);
CREATE INDEX read_states_by_user ON read_states (user_id);
CREATE INDEX slow_mode_by_user ON slow_mode (user_id);
