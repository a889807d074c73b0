"""Template tags of the exports."""
