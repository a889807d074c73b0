"""Template tags of the action pages."""
