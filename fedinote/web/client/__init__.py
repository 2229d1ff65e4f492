"""The client in the browser: timelines, notifications, conversations, search, and what one does with a post."""
