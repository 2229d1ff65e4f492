"""Rules that moderators write: what a post must not say or do here, and what happens to it then.

Each kind of rule is a module with one class that keeps the promise of `kinds.Matcher`.
"""
