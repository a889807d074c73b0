"""Template tags: `design` for components, `nhsuk` for what the form templates need."""
