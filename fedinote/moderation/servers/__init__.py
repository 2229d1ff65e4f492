"""Other servers: which are blocked or allowed, which are strangers, and what that does."""
