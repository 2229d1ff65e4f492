"""Measures a running FediNote from outside: `python -m bench`. README.md says what the figures are."""
