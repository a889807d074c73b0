"""People and their access, split by aggregate."""

from accounts.models.access import Circle, CircleMember, Cover, DeclaredInterest
from accounts.models.invitations import Invitation
from accounts.models.memberships import Membership
from accounts.models.people import User
from accounts.models.receipts import FormReceipt, SignInEvent
from accounts.models.resets import SecondStepReset
from accounts.models.tokens import AccountToken

__all__ = [
    "AccountToken",
    "Circle",
    "CircleMember",
    "Cover",
    "DeclaredInterest",
    "FormReceipt",
    "Invitation",
    "Membership",
    "SecondStepReset",
    "SignInEvent",
    "User",
]
