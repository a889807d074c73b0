"""Two at once: one submission, one box saved, one file accepted, one period issued."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.capabilities import Role
from chasing.models import Letter
from providers.models import Organisation
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import ISSUED, SUBMITTED, a_figures_return, a_line, a_period, fill, lead_of, signed
from training import issuing
from training.models import AskedLine, Cell, Figure, FigureReturn, FigureWorkbook, Period
from training.models.workbooks import keep_workbook
from training.models.writing import Entry, record_cells
from training.tasks import finish_periods

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_submit_at_once_one_is_told():
    owed = fill(a_figures_return(), children_2=(1, 1))
    lead = lead_of(owed.organisation)

    def submitting() -> str:
        mine = FigureReturn.objects.get(pk=owed.pk)
        mine.submit(signed(), by=lead, at=SUBMITTED)
        return "submitted"

    assert both(submitting, submitting) == ["refused", "submitted"]
    assert (owed.submissions.count(), Figure.objects.filter(figure_return=owed).known().count()) == (1, 1)


def test_of_two_who_save_one_box_at_once_one_is_shown_both():
    owed = a_figures_return()
    lead, line = lead_of(owed.organisation), owed.lines.get()

    def saving() -> str:
        mine = FigureReturn.objects.get(pk=owed.pk)
        record_cells(mine, [Entry(line.pk, numerator=1, denominator=2, version=1)], by=lead, at=SUBMITTED)
        return "saved"

    def theirs() -> str:
        mine = FigureReturn.objects.get(pk=owed.pk)
        record_cells(mine, [Entry(line.pk, numerator=2, denominator=2, version=1)], by=lead, at=SUBMITTED)
        return "saved"

    assert both(saving, theirs) == ["refused", "saved"]
    assert Cell.objects.get(asked=line).version == 2


def test_of_two_who_accept_one_file_at_once_one_is_told():
    owed = a_figures_return()
    lead, line = lead_of(owed.organisation), owed.lines.get()
    kept = keep_workbook(
        owed, rows=[], notes=[], by=lead, at=SUBMITTED, by_provider=True, file_name="f.xlsx", sha256="0" * 64,
        written_at=SUBMITTED,
    )  # fmt: skip

    def accepting() -> int:
        entries = [Entry(line.pk, numerator=1, denominator=2, version=1)]
        return FigureWorkbook.objects.get(pk=kept.pk).accept(entries, [], by=lead, at=SUBMITTED)

    assert sorted(map(str, both(accepting, accepting))) == ["1", "refused"]
    assert Cell.objects.get(asked=line).version == 2


def test_of_two_who_issue_a_period_at_once_each_return_is_made_once():
    commissioner = CommissionerFactory()
    for _ in range(3):
        provider_of(commissioner)
    period = a_period(commissioner, state="issuing")

    def issuing_it() -> int:
        return issuing.issue(Period.objects.get(pk=period.pk), by=None, at=ISSUED, on=date(2026, 10, 1))

    made = both(issuing_it, issuing_it)
    assert sum(made) == FigureReturn.objects.count() == 4  # with its own people
    assert AskedLine.objects.values("figure_return", "code").distinct().count() == AskedLine.objects.count() > 0
    assert Cell.objects.values("asked", "kind", "group").distinct().count() == Cell.objects.count() > 0


def test_one_organisation_that_cannot_be_issued_to_is_named_with_the_reason_and_holds_up_nobody(sign_in, at, on):
    """Somebody holds its row while the worker comes round, so that the database refuses its return."""
    commissioner = CommissionerFactory()
    a_line(commissioner)
    bad, *others = [provider_of(commissioner, name=f"Surgery {n}") for n in range(3)]
    for each in others:
        lead_of(each)
    analyst = someone(Role.QUALITY_ANALYST, commissioner)
    period = a_period(commissioner, state="draft", issued_at=None)
    period.begin_issuing(by=analyst, at=at)
    locked, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Organisation.objects.select_for_update().get(pk=bad.pk)
            locked.set()
            done.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(hold)
        locked.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        made = finish_periods(), finish_periods()
        done.set()
    theirs = {commissioner.pk, *(each.pk for each in others)}
    assert (made, set(period.returns.values_list("organisation", flat=True))) == ((3, 0), theirs)
    page = sign_in(analyst).get(reverse("training:period-detail", args=[period.reference])).content.decode()
    assert "3 of 4 returns issued" in page
    entry = f'<a href="{reverse("providers:organisation", args=[bad.reference])}">Surgery 0</a>'
    assert re.findall(r"<li>(.*Surgery .*?)</li>", page) == [f"{entry}: somebody else was changing it at that moment"]
    assert (finish_periods(), finish_periods()) == (1, 0)
    period.refresh_from_db()
    assert (period.state, period.left_out, period.returns.count()) == ("open", {}, 4)
    assert Letter.objects.filter(kind="figures_asked").count() == 2
