"""Every text that somebody writes can have words removed from it, or says here why it need not."""

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from accounts.capabilities import Role
from privacy.models import Place
from privacy.texts import all_keepers, all_texts, places
from tests.factories.accounts import someone
from tests.factories.actions import an_action

pytestmark = pytest.mark.django_db
LONG = 200
# Apps whose texts are no case's: who may come in and why, the register, the standards, and the guard itself.
NOT_LOOKED_AT = {
    "accounts": "about access: kept as it was given, and read by few",
    "framework": "the standards: published and the same for everybody",
    "privacy": "reasons are looked at by the guard; nothing else is written",
    "auth": "not ours", "contenttypes": "not ours", "sessions": "not ours", "account": "not ours", "mfa": "not ours",
    "usersessions": "not ours", "pghistory": "ids only",
}  # fmt: skip
# Fields that nobody writes at length.
WRITTEN_BY_NOBODY = {
    "governance.AnnualReport.title", "governance.AnnualReport.problem", "governance.YearBook.content",
    "evidence.EvidenceVersion.scan_signature", "chasing.Ladder.name", "chasing.Letter.problem",
    "chasing.JobRun.problem", "exports.Export.title", "exports.Export.said", "assurance.Submission.declaration",
    "oversight.EscalationRule.what", "providers.RegulatorRating.file_name", "providers.ServiceQuestion.question",
    "providers.ServiceQuestion.hint", "providers.Signpost.purpose", "oversight.VisitMember.comes_from",
    "reviews.ClockRule.source", "training.Line.guidance", "training.Line.source", "training.Subject.source",
    "training.Threshold.source",
}  # fmt: skip
# What stands in the register.
REGISTER = {
    "providers.Organisation.name", "providers.Organisation.address", "providers.Organisation.closed_reason",
    "providers.Site.name", "providers.Succession.reason", "providers.Succession.open_returns_reason",
}  # fmt: skip


def written() -> set[str]:
    """Every field of text that is long enough to hold a sentence."""
    found = set()
    for model in apps.get_models():
        if model._meta.app_label in NOT_LOOKED_AT or model.__name__.endswith("Event") or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            long = isinstance(field, models.CharField) and (field.max_length or 0) >= LONG
            if (isinstance(field, models.TextField) or long) and not isinstance(
                field, models.URLField | models.EmailField
            ):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_text_is_registered_or_says_why_not() -> None:
    registered = {f"{text.model_name}.{name}" for text in all_texts() for name in text.fields}
    registered |= {f"{keeper.model_name}.{name}" for keeper in all_keepers() for name in keeper.fields}
    assert sorted(written() - registered - WRITTEN_BY_NOBODY - REGISTER) == []
    assert sorted((WRITTEN_BY_NOBODY | REGISTER) & registered) == []


def test_the_database_knows_the_same_places() -> None:
    assert set(Place.objects.values_list("table", "column")) == places()


def test_the_link_stands_on_the_page_for_those_who_may_remove_and_for_nobody_else(sign_in) -> None:
    action = an_action()
    page, link = reverse("actions:action-detail", args=[action.reference]), "Something identifiable slipped in?"
    seen = {
        role: link in sign_in(someone(role, whose)).get(page).content.decode()
        for role, whose in (
            (Role.DESIGNATED_PROFESSIONAL, action.commissioner), (Role.QUALITY_ANALYST, action.commissioner),
            (Role.PROVIDER_LEAD, action.organisation), (Role.PROVIDER_CONTRIBUTOR, action.organisation),
        )
    }  # fmt: skip
    assert list(seen.values()) == [True, False, True, False]
