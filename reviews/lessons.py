"""What the pages of learning show: its list, one item for one reader, and what anybody may read by theme and kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown
from exports.table import Column, Kind
from providers.models import Category
from reviews.forms.learning import LearningFilter
from reviews.media import KINDS, MEDIA, STAFF_GROUPS
from reviews.models import Learning, LearningAsk, Review, ReviewTheme, Spread

if TYPE_CHECKING:
    from accounts.models import User


def learning_shown(user: "User", asked: Any) -> tuple[LearningFilter, Any]:
    """The filter, and the learning that fits, the newest first."""
    form = LearningFilter(asked)
    return form, form.chosen(Learning.objects.permitted(user, Can.SEE_LEARNING))


COLUMNS = (
    Column("Learning", lambda row: row.title, width=50),
    Column("Reference", lambda row: row.reference, width=14),
    Column("Commissioner", lambda row: str(row.commissioner), width=30),
    Column("Kind", lambda row: row.get_kind_display(), width=16),
    Column("State", lambda row: row.get_state_display(), width=14),
    Column("Published on", lambda row: row.published_at and row.published_at.date(), Kind.DATE, 14),
    Column("Asked", lambda row: row.asked if row.asks_now else None, Kind.NUMBER, 10),
    Column("Answered", lambda row: row.answered if row.asks_now else None, Kind.NUMBER, 10),
    Column("People at events", lambda row: row.attended, Kind.NUMBER, 14),
)


def _shown(request: HttpRequest, reach: Reach) -> Shown:
    form = LearningFilter(request.GET)
    mine = Learning.objects.permitted(reach.user, Can.SEE_LEARNING, on=reach.on)
    allowed = mine.filter(pk__in=reach.rows(Learning.objects.all()).values("pk"))
    return Shown(COLUMNS, form.chosen(allowed.with_reach().select_related("commissioner")), form)


LISTING = Listing(
    "learning", "Learning", Can.SEE_LEARNING, "reviews:learning-list", _shown, circled=True, freezes=False
)


def theme_words(codes: Iterable[str], commissioner: int | None, on: date) -> list[str]:
    """The words of theme codes, as the commissioner puts them that day; a word that is no longer in use as it was."""
    wanted = list(codes)
    if not wanted:
        return []
    rows = ReviewTheme.objects.filter(code__in=wanted, commissioner__in=[commissioner]) | ReviewTheme.objects.filter(
        code__in=wanted, commissioner=None
    )
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (row.commissioner_id is not None, row.valid_from)):
        if row.valid_from <= on or row.code not in found:
            found[row.code] = row.label
    return [found.get(code, code.replace("-", " ")) for code in wanted]


@dataclass
class OneLearning:
    """One item for one reader."""

    learning: Learning
    reader: "User"
    on: date

    @cached_property
    def may(self) -> dict[str, bool]:
        """What the reader may do with it now."""
        asked = (Can.WRITE_LEARNING, Can.PUBLISH_LEARNING)
        same = {can.value: Learning.objects.permitted(self.reader, can).filter(pk=OuterRef("pk")) for can in asked}
        found = Learning.objects.filter(pk=self.learning.pk).annotate(
            **{name: Exists(row) for name, row in same.items()}
        )
        return dict(found.values(*same).get())

    @cached_property
    def source(self) -> Review | None:
        """The review that it came from, for people on its list."""
        mine = Review.objects.permitted(self.reader, Can.SEE_REVIEW)
        return mine.filter(pk=self.learning.review_id).first() if self.learning.review_id else None

    @cached_property
    def asked(self) -> list[LearningAsk]:
        """Who was asked, as far as the reader may see: a provider meets itself. Unanswered first."""
        rows = LearningAsk.objects.permitted(self.reader, Can.SEE_LEARNING).filter(learning=self.learning)
        own = LearningAsk.objects.permitted(self.reader, Can.ACKNOWLEDGE_LEARNING).filter(pk=OuterRef("pk"))
        rows = rows.annotate(is_mine=Exists(own))
        found = list(rows.select_related("organisation", "answer", "answer__by").order_by("organisation__name"))
        for row in found:
            row.overdue = row.is_overdue(self.on)  # type: ignore[attr-defined]
        return sorted(found, key=lambda row: row.settled_at is not None)

    @cached_property
    def mine(self) -> list[Any]:
        """Those that the reader may answer."""
        asked: list[Any] = self.asked
        return [row for row in asked if row.is_mine and row.settled_at is None]

    @cached_property
    def passed_on(self) -> list[dict[str, Any]]:
        """How it was passed on, in words."""
        return [
            {
                "row": row,
                "medium": MEDIA[row.medium],
                "to": self._names(row.categories),
                "staff": [STAFF_GROUPS[code] for code in row.staff_groups if code in STAFF_GROUPS],
            }
            for row in self.learning.disseminations.select_related("recorded_by", "struck_by")
        ]

    @property
    def reach(self) -> Spread:
        """How far it went, for the commissioner's side, which sees everybody who was asked."""
        return self.learning.reach([each["row"] for each in self.passed_on], self.asked)

    @cached_property
    def _categories(self) -> dict[str, str]:
        return dict(Category.objects.values_list("code", "plural"))

    def _names(self, codes: Iterable[str]) -> list[str]:
        return [self._categories.get(code, code) for code in codes]

    @property
    def audience(self) -> list[str]:
        """Which providers it is for."""
        return self._names(self.learning.categories)

    @property
    def staff(self) -> list[str]:
        """Which staff it is for."""
        return [STAFF_GROUPS[code] for code in self.learning.staff_groups if code in STAFF_GROUPS]

    @cached_property
    def themes(self) -> list[str]:
        """Its themes in words."""
        return theme_words(self.learning.themes, self.learning.commissioner_id, self.on)


def on_the_website(reference: str, on: date) -> Learning | None:
    """One item that anybody may read, or nothing."""
    there = Learning.objects.public(on=on).select_related("commissioner")
    found: Learning | None = there.filter(reference=reference).first()
    return found


@dataclass
class PublicLearning:
    """What anybody may read, narrowed by theme and kind. Two queries; no review and no provider is named."""

    asked: Any
    on: date

    @cached_property
    def _all(self) -> list[Learning]:
        rows = Learning.objects.public(on=self.on).select_related("commissioner")
        return list(rows.order_by("-published_at", "-pk"))

    @cached_property
    def words(self) -> dict[str, str]:
        """Every theme of which there is one, in words."""
        codes = sorted({code for row in self._all for code in row.themes})
        return dict(zip(codes, theme_words(codes, None, self.on), strict=True))

    @property
    def theme(self) -> str:
        """The theme that was asked for, when there is one of it."""
        return str(self.asked.get("theme")) if self.asked.get("theme") in self.words else ""

    @property
    def kind(self) -> str:
        """The kind that was asked for."""
        return str(self.asked.get("kind")) if self.asked.get("kind") in KINDS else ""

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Code and words."""
        return list(KINDS.items())

    @cached_property
    def rows(self) -> list[Learning]:
        """Those that fit, the newest first, each with its themes in words."""
        found = [
            row
            for row in self._all
            if (not self.theme or self.theme in row.themes) and (not self.kind or row.kind == self.kind)
        ]
        for row in found:
            row.in_words = [self.words[code] for code in row.themes]  # type: ignore[attr-defined]
        return found
