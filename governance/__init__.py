"""What the board sees: the annual report."""
