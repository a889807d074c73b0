"""Tags of the guard."""
