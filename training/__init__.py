"""Training compliance and key indicators by provider and period. A room kept for them: nothing imports it yet."""
