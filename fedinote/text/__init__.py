"""Text as pure functions: HTML in and out, composing posts, languages, and words for the index."""
