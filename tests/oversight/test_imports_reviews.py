"""The register of reviews from a workbook: compared with one's own only, kept for two, taken back as a whole."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.capabilities import Can, Role
from chasing.models import Letter
from oversight.models import Import
from providers.models import Organisation
from reviews.models import Review, ReviewRead
from tests.factories.accounts import someone
from tests.factories.providers import BoardFactory, CommissionerFactory, PartnershipFactory, provider_of
from tests.factories.reviews import a_review
from tests.oversight.files import accept, send, workbook

pytestmark = pytest.mark.django_db
WHERE = "/bring-in/reviews/"
HEAD = ["Basic case details", "Local reference", "Date added", "Type of review", "Stage", "Decided on", "Second person",
        "Safeguarding partnership or board", "Incident on", "Status", "Theme 1", "Theme 2"]  # fmt: skip
SECOND = "second@example.org"
K = ["Adult K", "SAB-7", "1 February 2026", "SAR", "Decided", "9 February 2026", SECOND, "Here Board"]


@pytest.fixture
def ours() -> Organisation:
    here = CommissionerFactory(name="NHS Here")
    PartnershipFactory(commissioner=here, board=BoardFactory(name="Here Board"))
    someone(Role.QUALITY_ANALYST, here, email=SECOND, name="Sam Second")
    return here


@pytest.fixture
def nurse(ours: Organisation) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, ours, strands=["adults", "children"])


@pytest.fixture
def client(nurse: Any, sign_in: Any) -> Client:
    return sign_in(nurse)


def with_(**cells: Any) -> list[Any]:
    """The row of Adult K with other cells."""
    heads = {name.split(" ")[0].lower(): place for place, name in enumerate(HEAD)}
    row: list[Any] = [*K, "", "", "", ""]
    for name, value in cells.items():
        row[heads[name]] = value
    return row


def states(page: Any) -> list[str]:
    return [each.state for each in page.context["outcomes"]]


def test_a_new_one_is_for_whoever_accepts_and_the_second_with_its_clocks_running(client: Client, nurse: Any) -> None:
    page = send(client, WHERE, workbook(HEAD, K))
    assert (states(page), Review.objects.count()) == (["new"], 0)
    assert "May know of it: you, Sam Second" in page.content.decode()
    accept(client, page)
    review = Review.objects.get()
    assert (review.pseudonym, review.kind, review.stage, review.board.name) == (
        "Adult K",
        "sar",
        "decided",
        "Here Board",
    )
    assert {member.user.email for member in review.circle.members.all()} == {nurse.email, SECOND}
    assert [(clock.rule.step, clock.anchor_on) for clock in review.clocks.all()] == [("complete", date(2026, 2, 9))]
    assert (Letter.objects.count(), Import.objects.get().lines) == (0, [])
    assert states(send(client, WHERE, workbook(HEAD, K))) == ["unchanged"]


@pytest.mark.parametrize(
    ("cells", "ref"),
    [
        ({"second": ""}, "G2"),
        ({"second": "nobody@example.org"}, "G2"),
        ({"type": "Domestic Abuse Related Death Review", "date": "1 April 2011", "decided": ""}, "D2"),
        ({"type": "A review"}, "D2"),
        ({"decided": ""}, "F2"),  # a clock counts from it
        ({"incident": "1 March 2026", "stage": "Referred", "decided": ""}, "C2"),
        ({"incident": "1 March 2099"}, "I2"),
        ({"decided": "31 January 2026", "incident": "1 February 2026"}, "F2"),
        ({"safeguarding": "Elsewhere Board"}, "H2"),
        ({"status": "Closed"}, "J2"),
        ({"stage": "Home Office quality assurance"}, "E2"),
        ({"theme": "Something else"}, "L2"),
        ({"basic": ""}, "A2"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_cell(client: Client, cells: dict[str, Any], ref: str) -> None:
    page = send(client, WHERE, workbook(HEAD, with_(**cells)))
    assert [problem.ref for each in page.context["outcomes"] for problem in each.line.problems][:1] == [ref]
    assert Review.objects.count() == 0


def test_a_review_of_others_is_as_if_there_were_none(client: Client, ours: Organisation, nurse: Any) -> None:
    plain = send(client, WHERE, workbook(HEAD, K))
    secret = a_review(ours, local_reference="SAB-7", pseudonym="Adult K", chair="CANARY", referred_on=date(2026, 2, 1))
    secret.record("decided", on=date(2026, 2, 9), by=secret.registered_by, at=secret.registered_at)
    # By the board's reference, by the portal's own, and by name, kind and day: each as without it, to the letter.
    for local in (secret.reference, "", "SAB-7"):
        page = send(client, WHERE, workbook(HEAD, with_(local=local)))
        assert [each.digest for each in page.context["outcomes"]] == [each.digest for each in plain.context["outcomes"]]
        assert "CANARY" not in page.content.decode()
    page = accept(client, page)
    assert (page.status_code, secret.reference in page.content.decode()) == (200, False)
    assert Review.objects.filter(circle__members__user=nurse).count() == 1
    assert (secret.version, secret.reads.count()) == (1, 0)


def test_of_ones_own_the_details_change_and_the_course_does_not(client: Client, ours: Any, nurse: Any) -> None:
    second = someone(Role.QUALITY_ANALYST, ours)
    mine = a_review(ours, nurse, second, local_reference="SAB-7", pseudonym="Adult J", referred_on=date(2026, 2, 1))
    page = send(client, WHERE, workbook(HEAD, with_(stage="", decided="")))
    assert [(each.state, [(one.label, one.was) for one in each.differences]) for each in page.context["outcomes"]] == [
        ("changed", [("Basic case details", "Adult J"), ("Safeguarding partnership or board", "")])
    ]
    assert [look.what for look in ReviewRead.objects.filter(review=mine)] == ["Compared with a file"]
    accept(client, page)
    mine.refresh_from_db()
    assert (mine.pseudonym, mine.board.name, mine.version) == ("Adult K", "Here Board", 2)
    page = send(client, WHERE, workbook(HEAD, with_(type="DHR", date="2 February 2026")))
    refs = [problem.ref for each in page.context["outcomes"] for problem in each.line.problems]
    assert refs == ["D2", "E2", "C2", "F2"]


def test_undone_none_is_counted_or_read_and_what_was_changed_is_as_before(
    client: Client, ours: Any, nurse: Any, sign_in: Any
) -> None:
    mine = a_review(ours, nurse, someone(Role.QUALITY_ANALYST, ours), local_reference="OLD", pseudonym="Adult J",
                    referred_on=date(2026, 2, 1))  # fmt: skip
    accept(client, send(client, WHERE, workbook(HEAD, K, with_(basic="Adult L", local="OLD", stage="", decided=""))))
    made = Review.objects.get(local_reference="SAB-7")
    client.get(f"/reviews/{made.reference}/")
    brought_in = Import.objects.get()
    page = client.get(f"{WHERE}{brought_in.reference}/")
    assert made.reference in page.content.decode()
    # It is its reader's alone, whatever the other's role.
    assert (
        sign_in(someone(Role.DESIGNATED_PROFESSIONAL, ours)).get(f"{WHERE}{brought_in.reference}/").status_code == 404
    )
    page = client.get(f"{WHERE}{brought_in.reference}/undo/")
    token = str(page.context["form"].fields["form_token"].initial())
    assert client.post(f"{WHERE}{brought_in.reference}/undo/", {"form_token": token}).status_code == 302
    mine.refresh_from_db()
    assert (mine.pseudonym, mine.board) == ("Adult J", None)
    assert client.get(f"/reviews/{made.reference}/").status_code == 404
    assert [list(Review.objects.permitted(nurse, can)) for can in (Can.SEE_REVIEW, Can.COUNT_REVIEWS)] == [[mine]] * 2
    # Its looks stay for the guardian.
    guardian = someone(Role.CALDICOTT_GUARDIAN, ours)
    assert made in Review.objects.permitted(guardian, Can.SEE_REVIEW_READS)
    assert states(send(client, WHERE, workbook(HEAD, K))) == ["new"]


def test_what_was_changed_since_is_not_undone(client: Client) -> None:
    accept(client, send(client, WHERE, workbook(HEAD, K)))
    made = Review.objects.get()
    made.correct(expected=made.version, locality="North")
    where = f"{WHERE}{Import.objects.get().reference}/undo/"
    token = str(client.get(where).context["form"].fields["form_token"].initial())
    page = client.post(where, {"form_token": token})
    assert (page.status_code, made.reference in page.content.decode()) == (409, True)
    assert Review.objects.get().closed_at is None


def test_the_database_keeps_no_rows_of_an_accepted_file(client: Client) -> None:
    accept(client, send(client, WHERE, workbook(HEAD, K)))
    with pytest.raises(IntegrityError), transaction.atomic():
        Import.objects.update(lines=[{"a": 1}])


def test_the_empty_workbook_comes_back_as_it_went(client: Client) -> None:
    content = client.get(f"{WHERE}workbook/").content
    page = send(client, WHERE, content)
    assert "There is no row below the headings" in page.content.decode()


PLAN = ["Local reference", "Recommendation number", "Recommendation", "Accepted", "Provider", "Action", "Target date",
        "Owner", "How far"]  # fmt: skip
TRAIN = ["SAB-7", 4, "Train staff", "Accepted", "Oak Trust", "Train every ward", "1 June 2026", "Ann Alder", "On track"]


def plans(*rows: Any, first: Any = (HEAD, K)) -> bytes:
    return workbook(*first, more={"Action plans": [PLAN, *rows]})


def test_open_plans_come_in_with_their_review_and_go_with_it(client: Client, ours: Any, nurse: Any) -> None:
    oak = provider_of(ours, name="Oak Trust")
    page = send(client, WHERE, plans(TRAIN, [*TRAIN[:5], "Look again", *TRAIN[6:]]))
    assert states(page) == ["new", "new", "new"]
    accept(client, page)
    review = Review.objects.get()
    recommendation = review.recommendations.get()
    assert (recommendation.number, recommendation.text, recommendation.answer) == ("4", "Train staff", "accepted")
    parts = recommendation.parts.select_related("action").order_by("pk")
    assert [(part.organisation, part.action.circle_id, part.action.original_due_on) for part in parts] == [
        (oak, review.circle_id, date(2026, 6, 1))
    ] * 2
    assert (parts[0].action.owner_name, parts[0].action.state, Letter.objects.count()) == (
        "Ann Alder",
        "in_progress",
        0,
    )
    assert states(send(client, WHERE, plans(TRAIN))) == ["unchanged", "unchanged"]
    # On its own, a sheet of plans is for reviews that are here.
    assert states(send(client, WHERE, workbook(PLAN, TRAIN, sheet="Action plans"))) == ["unchanged"]
    where = f"{WHERE}{Import.objects.get(state='accepted').reference}/"
    assert "Train every ward" in client.get(where).content.decode()
    token = str(client.get(f"{where}undo/").context["form"].fields["form_token"].initial())
    assert client.post(f"{where}undo/", {"form_token": token}).status_code == 302
    assert {part.action.state for part in parts.all()} == {"superseded"}
    recommendation.refresh_from_db()
    assert (recommendation.superseded_because != "", "Train every ward" in client.get(where).content.decode()) == (
        True, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "ref"),
    [
        ({0: "SAB-9"}, "A2"),
        ({0: "SECRET-1"}, "A2"),
        ({1: ""}, "B2"),
        ({4: "Nobody"}, "E2"),
        ({6: "soon"}, "G2"),
        ({8: "Complete"}, "I2"),
    ],
)
def test_what_cannot_be_taken_of_a_plan_is_said_beside_its_cell(
    client: Client, ours: Any, cells: dict[int, Any], ref: str
) -> None:
    provider_of(ours, name="Oak Trust")
    a_review(ours, local_reference="SECRET-1")
    page = send(client, WHERE, plans([cells.get(place, value) for place, value in enumerate(TRAIN)]))
    problems = [problem for each in page.context["outcomes"] for problem in each.line.problems]
    assert [problem.ref for problem in problems] == [ref]
    # A review of others and one that does not exist are answered in the same words.
    assert ref != "A2" or problems[0].why == "is no review that you are named on, and none that this file would make."
