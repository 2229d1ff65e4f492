"""Tests of who follows, blocks and mutes whom."""
