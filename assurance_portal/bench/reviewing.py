"""Reviews and their plans: the register, the list of actions and the pictures, for somebody named on every review of
300 with 6,000 actions, and for somebody named on ten of them. The access check may add no statement for a row.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from accounts.capabilities import Role
from accounts.models import Circle, CircleMember, Membership, User
from actions.models import Action
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.pages import person
from assurance_portal.bench.timing import alternate, counting
from assurance_portal.bench.visitor import Visitor
from design.calendar import london_date
from providers.models import Arrangement, Organisation
from reviews.kinds import KINDS
from reviews.models import (
    Clock,
    ClockRule,
    Recommendation,
    RecommendationAction,
    RecommendationTheme,
    Review,
    ReviewTheme,
    StageMove,
)

REVIEWS, ACTIONS, FEW, FOR_EACH = 300, 6000, 10, 4
MS = 1000
# What is asked, what its server time may be, and whether a list of it is for the people named.
PAGES = (
    ("register of reviews", "/reviews/", "< 80"),
    ("action list of reviews", "/reviews/actions/", "< 80"),
    ("theme picture", "/reviews/themes/", "< 200"),
    ("pictures of the reviews", "/reviews/pictures/", "< 200"),
    ("page of a review with its plan", "/reviews/M00000000/", "< 80"),
    ("register of all actions", "/actions/", "< 80"),
    ("home", "/", "< 80"),
)


def measure(at: datetime, *, rounds: int, reviews: int = REVIEWS, actions: int = ACTIONS) -> Iterator[Figure]:
    """Server time and statements of each page, for both people."""
    all_of_them, some = _people()
    _plant(reviews, actions, at=at, everybody=all_of_them, some=some)
    for who, words in ((all_of_them, f"named on {reviews}"), (some, f"named on {FEW}")):
        visitor = Visitor.signed_in(who)
        taken = alternate({path: partial(_page, visitor, path) for _, path, _ in PAGES}, rounds=rounds)
        for name, path, target in PAGES:
            said = f"{name}, {reviews} with {actions} actions, {words}"
            yield Figure(said, taken[path] * MS, "ms", target=target)
            with counting() as statements:
                _page(visitor, path)
            yield Figure(f"statements of the {said}", len(statements), "", target="<= 12")


def _page(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")


def _people() -> tuple[User, User]:
    """A designated professional of a commissioner, and another one of the same."""
    first = person(Role.DESIGNATED_PROFESSIONAL)
    held = Membership.objects.live().filter(role=Role.DESIGNATED_PROFESSIONAL)
    place = held.filter(user=first).values("organisation")[:1]
    second = held.filter(organisation=place).exclude(user=first).order_by("user").values_list("user", flat=True)[0]
    return User.objects.get(pk=first), User.objects.get(pk=second)


def _plant(reviews: int, actions: int, *, at: datetime, everybody: User, some: User) -> None:
    """As many reviews of every kind, each with recommendations, a clock and its share of the actions."""
    on, commissioner = london_date(at), Organisation.objects.filter(memberships__user=everybody).order_by("pk")[0]
    made = _registered(reviews, commissioner, everybody=everybody, some=some, at=at)
    Clock.objects.bulk_create(_clocks(made, at))
    StageMove.objects.bulk_create(
        StageMove(review=each, before="referred", after=each.stage, on=each.referred_on + timedelta(days=20),
                  by=everybody, at=at) for each in made
    )  # fmt: skip
    theirs = Arrangement.objects.live(on=on).filter(commissioner=commissioner).values_list("organisation", flat=True)
    places = list(theirs.distinct())
    said = {"commissioner": commissioner, "addressed_to": "multi_agency", "recorded_by": everybody, "recorded_at": at}
    asked = Recommendation.objects.bulk_create(
        Recommendation(review=each, number=str(n), text=f"Recommendation {n}", **said)
        for each in made for n in range(1, FOR_EACH + 1)
    )  # fmt: skip
    themes = list(ReviewTheme.objects.worded_for(commissioner, on))
    RecommendationTheme.objects.bulk_create(
        RecommendationTheme(commissioner=commissioner, recommendation=each, theme=themes[n % len(themes)])
        for n, each in enumerate(asked)
    )
    states = (Action.State.OPEN, Action.State.IN_PROGRESS, Action.State.AWAITING)
    tasks = Action.objects.bulk_create(
        Action(
            commissioner=commissioner, organisation_id=places[n % len(places)], circle=made[n % reviews].circle,
            origin_kind="review", text=f"Action {n}", state=states[n % 3], owner_name="Owner", opened_by=everybody,
            opened_at=at, original_due_on=on + timedelta(days=n % 400 - 300), due_on=on + timedelta(days=n % 400 - 200),
        ) for n in range(actions)
    )  # fmt: skip
    RecommendationAction.objects.bulk_create(
        RecommendationAction(
            commissioner=commissioner, organisation_id=task.organisation_id, action=task,
            recommendation=asked[n % reviews * FOR_EACH + n // reviews % FOR_EACH],
        ) for n, task in enumerate(tasks)
    )  # fmt: skip


def _registered(
    reviews: int, commissioner: Organisation, *, everybody: User, some: User, at: datetime
) -> list[Review]:  # fmt: skip
    """Reviews with their lists: one person on all, another on a few, a third beside the first."""
    on, kinds = london_date(at), list(KINDS.values())
    third = User.objects.exclude(pk__in=[everybody.pk, some.pk]).order_by("pk")[0]
    lists = Circle.objects.bulk_create(
        Circle(commissioner=commissioner, name=f"Review {n}", reason="Measured") for n in range(reviews)
    )
    whole = {"scope": CircleMember.Reach.WHOLE, "starts_on": on - timedelta(days=400), "added_by": everybody}
    CircleMember.objects.bulk_create(
        CircleMember(circle=each, user=user, reason="Measured", **whole)
        for n, each in enumerate(lists) for user in (everybody, third, *((some,) if n < FEW else ()))
    )  # fmt: skip
    made = []
    for n, each in enumerate(lists):
        kind = kinds[n % len(kinds)]
        made.append(
            Review(
                commissioner=commissioner, circle=each, reference=f"M{n:08d}", kind=kind.code, pseudonym=f"Person {n}",
                stage=kind.stages[n % (len(kind.stages) - 1)], strands=["adults", "children"], registered_by=everybody,
                referred_on=on - timedelta(days=20 + n), registered_at=at, designated=everybody,
            )
        )  # fmt: skip
    return Review.objects.bulk_create(made)


def _clocks(reviews: list[Review], at: datetime) -> Iterator[Clock]:
    """One that runs for each, some of them moved."""
    on, rules = london_date(at), {rule.kind: rule for rule in ClockRule.objects.filter(commissioner=None)}
    for n, each in enumerate(reviews):
        if rule := rules.get(each.kind):
            due = on + timedelta(days=n % 200 - 100)
            yield Clock(
                commissioner_id=each.commissioner_id, review=each, rule=rule, anchor_on=each.referred_on,
                original_due_on=due - timedelta(days=n % 3 * 30), due_on=due,
            )  # fmt: skip
