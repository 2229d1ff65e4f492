"""Translation of posts: runs of text, engines, and (with the database) cache, privacy and ledger."""
