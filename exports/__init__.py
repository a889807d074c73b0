"""What a list shows, taken out as a file or kept for ever as it was shown."""
