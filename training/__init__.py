"""Training compliance and key indicators by provider and period."""
