"""The moderators' rules at work: written, tried, applied to what comes and to what is here, and taken back."""
