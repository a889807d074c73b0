"""Template tags of training figures and indicators."""
