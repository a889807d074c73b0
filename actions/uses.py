"""Tells the evidence library where actions use its items."""

from collections.abc import Iterable
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.capabilities import Can
from actions.models import ActionEvidence
from evidence.uses import Use, Uses, register

if TYPE_CHECKING:
    from accounts.models import User


def _rows(user: "User") -> QuerySet[Any]:
    return ActionEvidence.objects.permitted(user, Can.SEE_ACTIONS)


def _lines(rows: QuerySet[Any]) -> Iterable[Use]:
    proofs = rows.select_related("action", "item", "checked_version").prefetch_related("item__versions")
    for proof in proofs:
        url = reverse("actions:action-detail", args=[proof.action.reference])
        yield Use(f"Action: {shorten(proof.action.text, 100, placeholder='…')}", url, proof.verdict, proof.tone)


def register_uses() -> None:
    """Called when the app is ready."""
    register(Uses("action", "action", "actions", rows=_rows, lines=_lines))
