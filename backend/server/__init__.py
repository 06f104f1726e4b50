"""The service as clients reach it: HTTP and WebSocket on one port."""
