//! Servers (tenants), channels and folders, members, roles and permissions.
