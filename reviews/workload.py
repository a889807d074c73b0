"""Who has how much to write: open reports by organisation and author, of the reviews on which the reader is named.

Other people's reviews are in nobody's figures (hazard 20), so the page and the file say of how many reviews they are.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, CharField, Count, F, Min, Q, Sum, Value, When

from accounts.capabilities import Can
from reviews.models import Contribution, Review

if TYPE_CHECKING:
    from accounts.models import User


class WorkloadFilter(forms.Form):
    """What of it is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Organisation or author", required=False, max_length=100)
    late = forms.BooleanField(label="Only with something late", required=False)

    def chosen(self, rows: Any) -> Any:
        """The lines that fit; what cannot be read of the filter is left out."""
        given = self.cleaned_data if self.is_valid() else {}
        if words := given.get("q"):
            rows = rows.filter(
                Q(organisation__name__icontains=words)
                | Q(author__name__icontains=words)
                | Q(author_name__icontains=words)
            )
        return rows.filter(n_late__gt=0) if given.get("late") else rows


def open_reports(user: "User") -> Any:
    """What is asked for and not submitted, of the reviews on which the person is named."""
    return Contribution.objects.permitted(user, Can.SEE_CONTRIBUTION).outstanding().select_related(None)


def by_author(reports: Any, *, on: Any) -> Any:
    """One line for each organisation and author, the next due first: how many, hours, which are late. One query."""
    nobody = Value("Nobody named yet", output_field=CharField())
    whose = Case(When(author__isnull=False, then=F("author__name")), When(author_name="", then=nobody),
                 default=F("author_name"))  # fmt: skip
    lines = reports.order_by().annotate(organised=F("organisation__name"), written_by=whose)
    return (
        lines.values("organisation", "organised", "written_by")
        .annotate(
            n=Count("pk"), total_hours=Sum("hours"), without=Count("pk", filter=Q(hours__isnull=True)),
            next_due=Min("due_on"), n_late=Count("pk", filter=Q(due_on__lt=on)),
            n_first=Count("pk", filter=Q(original_due_on__lt=on)),
        )
        .order_by("next_due", "organised", "written_by")
    )  # fmt: skip


def named_on(user: "User") -> int:
    """On how many open reviews the person is named."""
    return Review.objects.permitted(user, Can.SEE_REVIEW).filter(closed_at__isnull=True).count()
