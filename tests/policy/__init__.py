"""Tests of fedinote.policy."""
