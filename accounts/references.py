"""Public keys: random, never derived from a name, safe to read out over the telephone."""

import secrets

# No vowels, so no words; no 0/O, 1/I/L, so no mistakes.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Ten random characters (about 48 bits) for URLs, workbooks and mails."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))
