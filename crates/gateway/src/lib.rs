//! WebSocket sessions, fan-out, presence and typing.
