"""Fixtures of the reminder tests."""

from tests.mail import mail

__all__ = ["mail"]
