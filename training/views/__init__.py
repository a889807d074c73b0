"""Pages of training figures and indicators."""
