"""Files attached to posts: checked, cleaned and stored."""
