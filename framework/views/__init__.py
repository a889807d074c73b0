"""Pages of the standards: reading them, the reference library, and a commissioner's own draft."""
