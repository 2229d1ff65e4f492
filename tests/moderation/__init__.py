"""Tests of fedinote.moderation."""
