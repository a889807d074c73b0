"""New services: the record of safeguarding from need to live, and what a provider that is not live yet shows."""
