"""Settings: base for everybody; development, test and production say only what differs."""
