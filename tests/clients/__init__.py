"""Programs that people really use, against a running server."""
