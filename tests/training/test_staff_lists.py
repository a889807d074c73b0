"""What the portal takes back from a browser that counted a staff list: totals of its boxes, headings, known codes."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.urls import reverse

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.training import a_figures_return, a_line, a_period
from training.models import AskedLine, Cell, FigureReturn, StaffListMapping

pytestmark = pytest.mark.django_db
COURSE = {"refresh": "course", "refresh_months": 36}


@pytest.fixture(scope="module")
def owed(beneath: Callable[[], AbstractContextManager[None]]) -> Iterator[FigureReturn]:
    with beneath():
        period = a_period()
        lines = [
            a_line(period.commissioner, "level-2", **COURSE),
            a_line(period.commissioner, "referrals", form="count"),
        ]
        made = a_figures_return(period, None, lines)
        someone(Role.PROVIDER_LEAD, made.organisation)
        yield made


@pytest.fixture
def client(owed: FigureReturn, sign_in: Any) -> Any:
    return sign_in(someone(Role.PROVIDER_LEAD, owed.organisation))


def url(owed: FigureReturn, name: str = "staff-list", desk: str = "return") -> str:
    return reverse(f"training:{desk}-{name}", args=[owed.reference])


TOTAL = {"code": "level-2", "group": "", "headcount": None, "denominator": 50, "numerator": 40, "version": 1}
CHOICES: dict[str, Any] = {
    "columns": {"person": "Employee Number", "group": "Staff Group", "status": ""},
    "lines": {"level-2": {"date": "Level 2", "until": ""}},
    "words": {"group": {}, "status": {"On maternity": "maternity"}, "course": {}},
    "grace": 3,
}


def test_totals_are_saved_and_the_page_knows_the_rule_and_what_is_there(client: Any, owed: FigureReturn) -> None:
    done = client.post(url(owed), {"totals": json.dumps([TOTAL])})
    assert (done.status_code, done["Location"]) == (302, reverse("training:return-write", args=[owed.reference]))
    cell = Cell.objects.get(asked__figure_return=owed, asked__code="level-2")
    assert (cell.denominator, cell.numerator, cell.headcount) == (50, 40, None)
    asked = json.loads(client.get(url(owed)).context["asked"])
    (line,) = asked["lines"]
    assert (line["code"], line["refresh"], line["months"], asked["asAt"]) == ("level-2", "course", 36, "2026-09-30")
    assert line["now"] == {"": {"headcount": None, "denominator": 50, "numerator": 40, "version": 2}}
    assert client.post(url(owed), {"totals": json.dumps([{**TOTAL, "numerator": 41}])}).status_code == 409


@pytest.mark.parametrize(
    "sent",
    [
        "", "[]", "{}", "not json", "[" * 5000, "[1]", json.dumps([{**TOTAL, "name": "Ann"}]),
        json.dumps([TOTAL, TOTAL]),
        *(
            json.dumps([{**TOTAL, **wrong}])
            for wrong in (
                {"code": "referrals"}, {"code": "other"}, {"group": "nursing"}, {"numerator": 51}, {"numerator": -1},
                {"numerator": "40"}, {"numerator": 0.5}, {"numerator": True}, {"denominator": 10**9}, {"version": None},
            )
        ),
        json.dumps([TOTAL]).replace("40", "1e309"),
    ],
)  # fmt: skip
def test_what_is_no_total_of_these_figures_is_refused(client: Any, owed: FigureReturn, sent: str) -> None:
    page = client.post(url(owed), {"totals": sent})
    assert (page.status_code, "51 is more than 50" in page.content.decode()) == (422, '"numerator": 51' in sent)
    assert Cell.objects.filter(asked__figure_return=owed, numerator__isnull=False).count() == 0


def test_a_line_with_nothing_to_declare_is_not_counted(client: Any, owed: FigureReturn) -> None:
    AskedLine.objects.filter(figure_return=owed, code="level-2").update(answer="nothing", answer_reason="None")
    assert client.post(url(owed), {"totals": json.dumps([TOTAL])}).status_code == 422
    assert "Nothing here can be counted" in client.get(url(owed)).content.decode()


def test_the_choice_of_columns_is_the_organisations_own(client: Any, owed: FigureReturn, sign_in: Any) -> None:
    for grace in (3, 6):
        kept = client.post(url(owed, "staff-list-columns"), {"choices": json.dumps({**CHOICES, "grace": grace})})
        assert kept.status_code == 200
    mapping = StaffListMapping.objects.get()
    assert (mapping.organisation, mapping.choices, mapping.version) == (owed.organisation, {**CHOICES, "grace": 6}, 2)
    assert json.loads(client.get(url(owed)).context["asked"])["remembered"] == {**CHOICES, "grace": 6}
    other = a_figures_return(a_period(), None, [])
    theirs = sign_in(someone(Role.PROVIDER_LEAD, other.organisation))
    assert json.loads(theirs.get(url(other)).context["asked"])["remembered"] == {}
    analyst = someone("QA", owed.commissioner)
    FigureReturn.objects.filter(pk=owed.pk).update(entering=True)
    assert sign_in(analyst).get(url(owed, desk="entry")).status_code == 404
    assert StaffListMapping.objects.permitted(analyst, "record_received").count() == 0


def test_a_commissioner_counts_its_own_staff(owed: FigureReturn, sign_in: Any) -> None:
    whose = owed.commissioner
    own = a_figures_return(owed.period, whose, [owed.lines.get(code="level-2").line], entering=True)
    analyst = sign_in(someone("QA", whose))
    assert analyst.get(url(own, desk="entry")).status_code == 200
    assert analyst.post(url(own, "staff-list-columns", "entry"), {"choices": json.dumps(CHOICES)}).status_code == 200
    assert json.loads(analyst.get(url(own, desk="entry")).context["asked"])["remembered"] == CHOICES
    assert analyst.post(url(own, desk="entry"), {"totals": json.dumps([TOTAL])}).status_code == 302
    assert Cell.objects.get(asked__figure_return=own).numerator == 40


def changed(**parts: Any) -> str:
    return json.dumps({**CHOICES, **parts})


@pytest.mark.parametrize(
    "sent",
    [
        "[]", "x", changed(rows=[["QX1", "Ann"]]), changed(grace=99), changed(grace="3"),
        changed(columns={"person": "ann.quixote@nhs.example"}), changed(columns={"person": "QX7000012"}),
        changed(columns={"person": "01/02/1990"}), changed(columns={"person": "943 476 5919"}),
        changed(columns={"person": "x" * 101}), changed(columns={"person": ["Ann"]}), changed(columns={"other": "Ann"}),
        changed(lines={"referrals": {"date": "Day"}}), changed(lines={"level-2": {"name": "Ann"}}),
        changed(words={"group": {"Nurses": "nursing"}}), changed(words={"people": {"Ann": "counts"}}),
        changed(words={"status": {"Ann Quixote": "Ann Quixote"}}),
        changed(words={"status": {"x" * 61: "counts"}}), changed(columns={"person": "Name"} | {"name": "y" * 40_000}),
    ],
)  # fmt: skip
def test_nothing_but_headings_and_known_codes_is_remembered(client: Any, owed: FigureReturn, sent: str) -> None:
    refused = client.post(url(owed, "staff-list-columns"), {"choices": sent})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["choices"])
    assert StaffListMapping.objects.count() == 0


def test_too_many_words_are_not_remembered(client: Any, owed: FigureReturn) -> None:
    words = {f"{one}{other}": "counts" for one in "abcdefgh" for other in "abcdefgh"}
    sent = changed(words={"status": words})
    assert client.post(url(owed, "staff-list-columns"), {"choices": sent}).status_code == 422
