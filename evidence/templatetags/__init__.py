"""Template tags of the evidence pages."""
