"""Forms of training figures and indicators."""
