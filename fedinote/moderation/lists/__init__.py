"""Shared lists of servers: what others advise, as drafts that a moderator or a rule of the source puts into force."""
