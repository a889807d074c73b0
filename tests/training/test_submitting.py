"""Submitting figures: what is missing, what is frozen, what everybody reads, and corrections."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import (
    SUBMITTED,
    a_figures_return,
    a_line,
    a_period,
    corrected,
    fill,
    lead_of,
    signed,
    submitted,
)
from training.models import AskedLine, Cell, Figure, FigureReturn, HostCount, IllegalMove
from training.models.submitting import Incomplete, answer_all_with

LATER = SUBMITTED + timedelta(days=30)


@pytest.fixture(scope="module")
def ground(beneath):
    """A provider asked three lines: by group, in one box, and a count."""
    with beneath():
        commissioner = CommissionerFactory()
        lines = [a_line(commissioner, code) for code in ("children-2", "children-3")]
        lines.append(a_line(commissioner, "referrals", form="count", direction="none"))
        provider = provider_of(commissioner)
        lead_of(provider)
        yield a_period(commissioner), provider, lines


@pytest.fixture
def owed(ground) -> FigureReturn:
    period, provider, lines = ground
    return a_figures_return(period, provider, lines, threshold=90)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["commissioner", "organisation", "above"])
@pytest.mark.parametrize("model", [AskedLine, Cell])
def test_lines_and_boxes_are_of_what_is_above_them_and_of_its_provider(owed, model, wrong):
    """The database says so of each of the three columns, though it checks them at once."""
    line = owed.lines.get(code="children-2")
    above, values = {
        AskedLine: ("figure_return_id", {"figure_return_id": owed.pk, "line": line.line, "code": "another"}),
        Cell: ("asked_id", {"asked_id": line.pk, "group": "another"}),
    }[model]
    values |= {"commissioner": line.commissioner, "organisation": line.organisation}
    other = {"commissioner": ("commissioner", owed.organisation), "organisation": ("organisation", owed.commissioner)}
    model.objects.create(**values | dict([other.get(wrong, (above, 0))]))
    with pytest.raises(IntegrityError, match=f"{model._meta.db_table}_{above}_whose"):
        connection.check_constraints()


def numbers(owed: FigureReturn, **known) -> list[tuple]:
    rows = owed.figures.known(**known).order_by("asked__position", "kind", "group")
    return list(rows.values_list("code", "kind", "group", "answer", "numerator", "denominator"))


@pytest.mark.django_db
def test_a_submission_freezes_its_document_and_writes_one_figure_a_number(owed):
    submitted(owed, children_2=(45, 50), referrals=7)
    assert (owed.state, owed.settled_at, owed.first_submitted_at) == ("submitted", SUBMITTED, SUBMITTED)
    assert numbers(owed) == [
        ("children-2", "total", "", "figures", 45, 50),
        ("children-3", "total", "", "nothing", 0, 0),
        ("referrals", "total", "", "figures", 7, None),
    ]
    kept = owed.submissions.get()
    canonical = json.dumps(kept.document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert kept.sha256 == sha256(canonical.encode()).hexdigest()
    assert kept.document["lines"][0]["boxes"][0]["numerator"] == 45
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Cell.objects.filter(asked__figure_return=owed).update(numerator=50)
    with pytest.raises(IllegalMove, match="already “Submitted”"):
        owed.submit(signed(), by=lead_of(owed.organisation), at=LATER)


@pytest.mark.django_db
def test_totals_are_the_sums_of_groups_and_reasons_and_hosts_stand_beside_them(ground):
    period, provider, lines = ground
    late = a_line(period.commissioner, "iha", reasons="breach", direction="up")
    out = a_line(period.commissioner, "placed-out", form="count", by_host=True, direction="none")
    owed = a_figures_return(
        period, provider, [lines[0], late, out], groups=("nursing", "medical"), reasons=("consent", "notified")
    )
    fill(owed, children_2={"nursing": (45, 50, 60), "medical": (5, 10)}, placed_out={"nursing": 0, "medical": 0})
    asked = owed.lines.get(code="iha")
    asked.answer_with("figures", "", by=lead_of(provider), at=SUBMITTED)
    for group, n, d in (("nursing", 3, 5), ("medical", 0, 0), ("consent", 2, None)):
        asked.cells.filter(group=group).update(numerator=n, denominator=d)
    whose = {"commissioner": period.commissioner, "organisation": provider, "asked": owed.lines.get(code="placed-out")}
    HostCount.objects.create(**whose, area="Leeds", count=2, assurance="asked")
    HostCount.objects.create(**whose, area="Wigan", count=1, assurance="held", held_on=period.ends_on)
    submitted(owed)
    assert numbers(owed) == [
        ("children-2", "group", "medical", "figures", 5, 10),
        ("children-2", "group", "nursing", "figures", 45, 50),
        ("children-2", "total", "", "figures", 50, 60),
        ("iha", "group", "medical", "figures", 0, 0),
        ("iha", "group", "nursing", "figures", 3, 5),
        ("iha", "reason", "consent", "figures", 2, None),
        ("iha", "total", "", "figures", 3, 5),
        ("placed-out", "group", "medical", "figures", 0, None),
        ("placed-out", "group", "nursing", "figures", 0, None),
        ("placed-out", "host", "Leeds", "figures", 2, None),
        ("placed-out", "host", "Wigan", "figures", 1, None),
        ("placed-out", "total", "", "figures", 3, None),
    ]
    assert owed.figures.get(code="children-2", kind="total").headcount == 60


@pytest.mark.django_db
def test_what_is_missing_is_named_by_line_and_group(owed):
    fill(owed, children_2=(40, 50), children_3=(6, 5), referrals=1)
    AskedLine.objects.filter(figure_return=owed).update(narrative="")
    Cell.objects.filter(asked__code="referrals").update(numerator=None)
    with pytest.raises(Incomplete) as problem:
        owed.submit(signed(), by=lead_of(owed.organisation), at=SUBMITTED)
    assert [(each.asked.code, each.words) for each in problem.value.missing] == [
        ("children-2", "The threshold is not reached: say why, and what is done about it"),
        ("children-3", "6 is more than 5: put one of them right"),
        ("referrals", "Write how many: compliant staff"),
    ]
    assert (owed.submissions.count(), owed.figures.count()) == (0, 0)
    # Beside a line of which a box is empty it is named as well.
    AskedLine.objects.filter(figure_return=owed, code="children-3").update(groups=["nursing", "medical"])
    Cell.objects.filter(asked__code="children-3").update(group="nursing")
    whose = {"commissioner": owed.commissioner, "organisation": owed.organisation}
    Cell.objects.create(**whose, asked=owed.lines.get(code="children-3"), group="medical")
    with pytest.raises(Incomplete) as problem:
        owed.submit(signed(), by=lead_of(owed.organisation), at=SUBMITTED)
    assert [(each.group, each.words) for each in problem.value.missing if each.asked.code == "children-3"] == [
        ("medical", "Write both numbers, 0 and 0 where there is nobody"),
        ("nursing", "6 is more than 5: put one of them right"),
    ]
    # A line in which no group has anything is one thing that is missing, and leads to its first box.
    Cell.objects.filter(asked__code="children-3").update(numerator=None, denominator=None)
    with pytest.raises(Incomplete) as problem:
        owed.submit(signed(), by=lead_of(owed.organisation), at=SUBMITTED)
    (whole,) = [each for each in problem.value.missing if each.asked.code == "children-3"]
    assert (whole.group, whole.words[:27], whole.place) == (
        "", "Nothing is written yet: wri", f"id_d-{whole.asked.pk}-nursing",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_correction_is_read_once_it_is_submitted_and_what_was_known_can_be_told(owed):
    submitted(owed, children_2=(45, 50), referrals=7)
    owed.begin_correction("Two people were counted twice", by=lead_of(owed.organisation), at=LATER)
    fill(owed, children_2=(44, 50), referrals=7)
    assert numbers(owed)[0] == ("children-2", "total", "", "figures", 45, 50)
    owed.submit(signed(), by=lead_of(owed.organisation), at=LATER)
    assert numbers(owed)[0] == ("children-2", "total", "", "figures", 44, 50)
    assert numbers(owed, at=SUBMITTED)[0] == ("children-2", "total", "", "figures", 45, 50)
    assert list(owed.submissions.values_list("number", "reason")) == [(2, "Two people were counted twice"), (1, "")]
    assert (owed.first_submitted_at, owed.settled_at, owed.submitted_at) == (SUBMITTED, SUBMITTED, LATER)
    assert Figure.objects.filter(figure_return=owed).known().totals().count() == 3


@pytest.mark.django_db
def test_a_correction_that_is_given_up_leaves_what_was_submitted(owed):
    asked = owed.lines.get(code="referrals")
    whose = {"commissioner": owed.commissioner, "organisation": owed.organisation, "asked": asked}
    HostCount.objects.create(**whose, area="Leeds", count=2, assurance="asked")
    submitted(owed, children_2=(45, 50), referrals=2)
    before = owed.submissions.get().document["lines"]
    owed.begin_correction("Counted wrongly", by=lead_of(owed.organisation), at=LATER)
    asked.hosts.all().delete()
    fill(owed, children_3=(1, 1))
    owed.give_up_correction(at=LATER)
    assert (owed.state, owed.correcting_because) == ("submitted", "")
    again = corrected(owed, at=LATER + timedelta(days=1)).submissions.first()
    assert again.document["lines"] == before
    assert asked.hosts.get().area == "Leeds"


@pytest.mark.django_db
def test_nothing_to_declare_for_everything_that_is_empty(owed):
    lead = lead_of(owed.organisation)
    Cell.objects.filter(asked__code="referrals", asked__figure_return=owed).update(numerator=3)
    assert answer_all_with(owed, "nothing", "No staff in the quarter", by=lead, at=SUBMITTED) == 2
    assert (owed.state, owed.lines.get(code="referrals").answer) == ("in_progress", "figures")
    owed.submit(signed(), by=lead, at=SUBMITTED)
    assert [row[3:] for row in numbers(owed)] == [("nothing", 0, 0), ("nothing", 0, 0), ("figures", 3, None)]


@pytest.mark.django_db
def test_the_commissioner_types_what_arrived_and_the_provider_has_time_to_correct_it(owed, on):
    received = {"channel": "paper", "received_from": "Pat Paper", "received_on": on, "by": lead_of(owed.commissioner)}
    owed.begin_entry(**received, at=SUBMITTED)
    assert owed.entering
    with pytest.raises(IllegalMove, match="being entered"):
        owed.begin_entry(**received, at=SUBMITTED)
    submitted(owed, referrals=1)
    kept = owed.submissions.get()
    assert kept.was_entered_for_the_provider
    assert (kept.channel, kept.received_from, owed.entering) == ("paper", "Pat Paper", False)
    with pytest.raises(IllegalMove, match="has passed"):
        owed.begin_correction("Not what we said", by=lead_of(owed.organisation), at=LATER)
    owed.begin_correction("Not what we said", by=lead_of(owed.organisation), at=SUBMITTED + timedelta(days=1))
    assert owed.state == "correcting"


@pytest.mark.django_db
def test_what_a_provider_has_begun_is_not_typed_over(owed):
    owed.lines.get(code="referrals").answer_with("nothing", "None", by=lead_of(owed.organisation), at=SUBMITTED)
    owed.refresh_from_db()
    with pytest.raises(IllegalMove, match="has begun to write here"):
        owed.begin_entry(
            channel="email", received_from="Pat", received_on=SUBMITTED.date(), by=lead_of(owed.commissioner),
            at=SUBMITTED,
        )  # fmt: skip
