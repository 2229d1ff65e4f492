"""The settings of a member: every page parses a form, calls the verb of the domain, and says how it ended."""
