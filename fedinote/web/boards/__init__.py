"""Boards: looking at them, making and ordering them, putting posts on them and taking one's own off."""
