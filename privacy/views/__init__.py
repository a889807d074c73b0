"""Pages of the guard."""
