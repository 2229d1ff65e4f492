"""The Mastodon client API, a module per endpoint group."""
