"""Tests of what a person's own views are made of."""
