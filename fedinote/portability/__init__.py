"""Taking along what one has: lists of people, posts and domains as CSV files in Mastodon's formats, out and in."""
