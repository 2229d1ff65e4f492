"""What people write and do to it."""
