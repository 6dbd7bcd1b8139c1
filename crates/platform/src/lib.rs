//! What every service stands on: database, event bus, object store, HTTP server, authentication, telemetry.
