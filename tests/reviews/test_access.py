"""A review is there for the people on its list and for nobody else: others get counts, the director a clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.capabilities import Can, Role
from accounts.door import Refused
from accounts.models import CircleMember
from reviews.models import EmergencyAccess, Review
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import AT, a_review

pytestmark = pytest.mark.django_db

STAFF = (
    Role.DESIGNATED_PROFESSIONAL, Role.NAMED_GP, Role.QUALITY_ANALYST, Role.DIRECTOR_OF_NURSING, Role.AUDITOR,
    Role.CONTRACT_MANAGER, Role.CALDICOTT_GUARDIAN,
)  # fmt: skip


@pytest.fixture
def now() -> Any:
    return timezone.now()


def seen(user: Any, can: Can = Can.SEE_REVIEW) -> set[Any]:
    return set(Review.objects.permitted(user, can))


def test_only_who_is_named_reads_it_whatever_their_role(commissioner: Any) -> None:
    nurse, analyst = (someone(role, commissioner) for role in (Role.DESIGNATED_PROFESSIONAL, Role.QUALITY_ANALYST))
    mine, other = a_review(commissioner, nurse, analyst), a_review(commissioner)
    assert (seen(nurse), seen(analyst)) == ({mine}, {mine})
    assert seen(nurse, Can.EDIT_REVIEW) == {mine}
    assert [seen(someone(role, commissioner)) for role in Role if role.side == "commissioner"] == [set()] * 10
    elsewhere = someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory())
    assert (seen(other.registered_by), seen(elsewhere)) == ({other}, set())
    for role in (Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR, Role.EXECUTIVE_SIGNATORY):
        assert seen(someone(role, provider_of(commissioner))) == set()


def test_staff_count_by_kind_and_stage_and_the_director_follows_the_clocks(commissioner: Any) -> None:
    reviews = [a_review(commissioner, kind=kind) for kind in ("sar", "sar", "dhr")]
    a_review(CommissionerFactory(), kind="scr")
    for role in STAFF:
        counts = Review.objects.counted_for(someone(role, commissioner))
        assert sorted(counts) == [("dhr", "referred", 1, 0), ("sar", "referred", 2, 0)]
    assert sorted(Review.objects.counted_for(reviews[0].registered_by)) == [
        ("dhr", "referred", 1, 0), ("sar", "referred", 2, 1),
    ]  # fmt: skip
    outsider = someone(Role.PROVIDER_LEAD, provider_of(commissioner))
    assert Review.objects.counted_for(outsider) == []
    director, analyst = (someone(role, commissioner) for role in (Role.DIRECTOR_OF_NURSING, Role.QUALITY_ANALYST))
    assert (seen(director, Can.FOLLOW_REVIEWS), seen(director), seen(analyst, Can.FOLLOW_REVIEWS)) == (
        set(reviews), set(), set(),
    )  # fmt: skip


def test_a_list_has_two_people_from_the_first_day_and_keeps_two(commissioner: Any, now: Any) -> None:
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    with pytest.raises(Refused, match="at least two people"):
        a_review(commissioner, nurse)
    with pytest.raises(Refused, match="at least two people"):
        a_review(commissioner, nurse, nurse)
    review = a_review(commissioner, nurse, someone(Role.NAMED_GP, commissioner), at=now)
    second = review.circle.members.exclude(user=nurse).get()
    with pytest.raises(Refused, match="Two people must stay"):
        second.end(at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CircleMember.objects.filter(pk=second.pk).update(ends_on=timezone.localdate(now))
    third = someone(Role.QUALITY_ANALYST, commissioner)
    review.circle.add(third, scope="whole", reason="Takes over", by=nurse, at=now)
    assert seen(third) == {review}
    second.end(at=now)
    assert (seen(second.user), seen(third)) == (set(), {review})


def test_a_review_is_never_deleted_only_closed_and_that_with_a_reason(sign_in: Any, commissioner: Any) -> None:
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    review = a_review(commissioner, nurse, someone(Role.NAMED_GP, commissioner))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Review.objects.filter(pk=review.pk)._raw_delete("default")
    address = f"/reviews/{review.reference}/close/"
    unreasoned = sign_in(nurse).post(address, {"reason": "", "version": 1})
    assert (unreasoned.status_code, "Enter why the review is closed" in unreasoned.content.decode()) == (422, True)
    assert sign_in(nurse).post(address, {"reason": "Below the threshold", "version": 1}).status_code == 302
    kept = Review.objects.get(pk=review.pk)
    assert (kept.stage, kept.closed_by, kept.closed_because) == ("closed", nurse, "Below the threshold")


def test_a_review_for_another_commissioners_list_is_refused_below(commissioner: Any) -> None:
    elsewhere = a_review(CommissionerFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            commissioner=commissioner, circle=elsewhere.circle, kind="sar", stage="referred", pseudonym="Adult B",
            referred_on=elsewhere.referred_on, registered_by=elsewhere.registered_by, registered_at=AT,
        )  # fmt: skip


def test_in_an_emergency_somebody_is_let_in_until_the_end_of_tomorrow(commissioner: Any, now: Any) -> None:
    review = a_review(commissioner)
    nurse, other = (someone(Role.DESIGNATED_PROFESSIONAL, commissioner) for _ in range(2))
    EmergencyAccess.objects.let_in(nurse, review, reason="The named nurse is away and the police ask", at=now)
    assert (seen(nurse), seen(other)) == ({review}, set())
    today = timezone.localdate(now)
    days = [set(Review.objects.permitted(nurse, Can.SEE_REVIEW, on=today + timedelta(days=n))) for n in (-1, 1, 2)]
    assert days == [set(), {review}, set()]
    assert seen(someone(Role.PROVIDER_LEAD, provider_of(commissioner))) == set()
