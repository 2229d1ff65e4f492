"""Automatic rules behind one interface."""
