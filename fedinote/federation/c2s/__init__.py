"""ActivityPub between clients and this server (ActivityPub, section 6): a second door to the same verbs."""
