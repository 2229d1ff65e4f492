"""People's decisions."""
