"""What a viewer reads."""
