"""Forms about people and signing in, by what they are for."""
