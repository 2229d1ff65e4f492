"""Preview cards: what the page that a post links to says of itself."""
