"""What stands out of the looks at reviews, for the Caldicott Guardian: on the page, as a file and in a monthly letter.

In an emergency, by somebody who is no longer on the list, a file taken away, out of hours (trust.md row 25, T19).
The letter says how many of each and nothing else: no name, no reference.
"""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Q

from accounts.capabilities import Can
from accounts.models import Membership
from chasing.models import Letter
from design.calendar import LONDON, add_months, is_working_day
from reviews.models import Review, ReviewRead
from reviews.models.reading import REASONS

if TYPE_CHECKING:
    from accounts.models import User

MONTHS_BACK = 24
SHOWN = [("out", "What stands out"), ("all", "Every look"), *((name, words) for name, (words, _) in REASONS.items())]
LETTER = "review_looks"


def moment(day: date) -> datetime:
    """When the day begins in London."""
    return datetime.combine(day, time(), LONDON)


def of_month(rows: Any, month: date) -> Any:
    """The looks of one month, by London's days."""
    return rows.filter(at__gte=moment(month), at__lt=moment(add_months(month, 1)))


class LookFilter(forms.Form):
    """Which looks are shown; sent by GET."""

    mark_optional = False
    month = forms.ChoiceField(label="Month", required=False)
    of = forms.ChoiceField(label="Looks", required=False, choices=SHOWN)
    review = forms.CharField(label="Reference of the review", required=False, max_length=10)
    reader = forms.CharField(label="Name of the reader", required=False, max_length=100)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = today.replace(day=1)
        months = [add_months(first, -n) for n in range(MONTHS_BACK)]
        box: Any = self.fields["month"]
        box.choices = [("", "Every month"), *((f"{each:%Y-%m}", f"{each:%B %Y}") for each in months)]

    @property
    def given(self) -> dict[str, str]:
        """What can be read of it; what stands out when nothing is chosen."""
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return {"of": found.get("of") or "out", **{name: found.get(name, "") for name in ("month", "review", "reader")}}

    def chosen(self, rows: Any) -> Any:
        """The looks that fit, of rows with their reasons."""
        given = self.given
        if given["month"]:
            rows = of_month(rows, date.fromisoformat(f"{given['month']}-01"))
        if words := given["review"].strip():
            rows = rows.filter(review__reference__iexact=words)
        if words := given["reader"].strip():
            rows = rows.filter(reader__name__icontains=words)
        if given["of"] == "out":
            return rows.standing_out()
        return rows if given["of"] == "all" else rows.filter(**{f"is_{given['of']}": True})


def looks(user: "User", asked: Any, *, today: date) -> tuple[LookFilter, Any]:
    """The filter, and the looks at reviews of the guardian's commissioners that fit, the latest first."""
    form = LookFilter(asked, today=today)
    reviews = Review.objects.permitted(user, Can.SEE_REVIEW_READS)
    rows = ReviewRead.objects.filter(review__in=reviews).with_reasons()
    return form, form.chosen(rows).select_related("review", "reader", "covering").order_by("-at", "-pk")


def in_words(look: ReviewRead) -> str:
    """Why a look stands out, and for whom somebody was covering."""
    said = [*look.why, *([f"Covering for {look.covering}"] if look.covering else [])]
    return "; ".join(said)


def counted(commissioner: int, month: date) -> dict[str, Any]:
    """How many looks of the month stood out, in all and by reason. One query."""
    rows = of_month(ReviewRead.objects.filter(review__commissioner=commissioner), month).with_reasons()
    by_reason = {name: Count("pk", filter=Q(**{f"is_{name}": True})) for name in REASONS}
    found = rows.standing_out().aggregate(all=Count("pk"), **by_reason)
    return {"all": found["all"], "reasons": [(words, found[name]) for name, (words, _) in REASONS.items()]}


def tell_guardians(on: date, *, at: datetime) -> int:
    """One letter for each guardian about the month before, from its first working day on; safe to run again."""
    if not is_working_day(on):
        return 0
    month, told = add_months(on.replace(day=1), -1), 0
    guarded = Membership.objects.live(on=on).granting(Can.SEE_REVIEW_READS)
    reviewed = Review.objects.filter(registered_at__lt=moment(add_months(month, 1))).values("commissioner")
    for held in guarded.filter(organisation__in=reviewed).order_by("pk"):
        letter = Letter.objects.write(
            LETTER, dedupe_key=f"{LETTER}:{month:%Y-%m}:{held.organisation_id}:{held.user_id}", at=at,
            to_user_id=held.user_id, commissioner_id=held.organisation_id,
            about={"year": month.year, "month": month.month},
        )  # fmt: skip
        told += letter is not None
    return told
