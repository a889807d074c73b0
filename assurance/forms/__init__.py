"""Forms of rounds and returns."""
