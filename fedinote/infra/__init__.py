"""What any server needs; knows nothing of social networking."""
