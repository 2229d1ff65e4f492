"""The door to other servers."""
