"""Counting for the dashboard: measures, dimensions, retention."""
