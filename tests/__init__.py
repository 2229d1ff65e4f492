"""The tests; folders mirror `fedinote/`."""
