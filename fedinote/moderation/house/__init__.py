"""What the staff says and sets up: rules and texts of the house, announcements, emoji, topics, invitations."""
