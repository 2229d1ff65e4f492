"""Everyone who can post, here or elsewhere."""
