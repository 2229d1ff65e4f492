"""Tests of `fedinote/translation`."""
