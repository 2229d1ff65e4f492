"""The page on which a server gives account of its moderation."""
