"""Pages of rounds, returns, validation and the overview."""
