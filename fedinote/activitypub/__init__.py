"""The ActivityPub protocol as values: parse, judge, sign and render. No database, no network."""
