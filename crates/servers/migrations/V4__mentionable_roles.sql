-- Whether everybody may mention the role.
ALTER TABLE roles ADD COLUMN mentionable BOOLEAN NOT NULL DEFAULT FALSE;
