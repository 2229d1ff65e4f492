"""Who may log in, and apps."""
