"""Tests of `fedinote/translation/engines`."""
