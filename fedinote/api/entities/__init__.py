"""The serializers, batch-first: rows in, Mastodon entities out."""
