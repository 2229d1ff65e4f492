"""Somebody's own data: taking it along, bringing it, moving in and out, and leaving for good."""
