-- What the nicknames of somebody were is found when their account is erased, whatever server it was in.
CREATE INDEX audit_log_of_nicknames ON audit_log (target_id) WHERE action = 'member.nickname_updated';
