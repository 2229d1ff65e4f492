"""The front door: Explore, topics and hashtags, the front page and the page about the server, and feeds."""
