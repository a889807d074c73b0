"""Template tags of people and sign-in."""
