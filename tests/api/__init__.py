"""Tests of the client API."""
