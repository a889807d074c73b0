"""What is due, what we said about it, to whom and by which step."""
