"""One year of one commissioner as at a day: the register, the return that counts of each provider, how it stood."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from accounts.capabilities import Role
from accounts.models import Membership
from assurance import standing
from assurance.asat import Stood, as_at
from assurance.models import InQuestion, RecordedGrade, SelfAssessment, Submission
from assurance.standing import end_of
from design.calendar import FinancialYear
from providers.models import Organisation

# Who decides levels, the first of them that the person holds.
DECIDERS = (Role.DESIGNATED_PROFESSIONAL, Role.DIRECTOR_OF_NURSING)


class Year:
    """The register at the cut-off, the return that counts of each provider, and how it stood."""

    def __init__(self, commissioner: Organisation, year: str, cut_off: date) -> None:
        self.commissioner, self.year, self.cut_off, self.end = commissioner, year, cut_off, end_of(cut_off)
        register = standing.register([commissioner.pk], as_at=cut_off).select_related("category")
        self.providers = list(register.order_by("category__position", "category__code", "name", "pk"))
        self.returns = of_year([commissioner.pk], year, cut_off)
        self.stood = as_at(list(self.returns.values()), day=cut_off)
        self.roles = _roles(commissioner, self.stood.values(), on=cut_off)
        ids = [each.pk for each in self.returns.values()]
        self.channels = dict(
            Submission.objects.filter(self_assessment__in=ids, submitted_at__lt=self.end)
            .order_by("number")
            .values_list("self_assessment", "channel")
        )
        doubts = InQuestion.objects.filter(self_assessment__in=ids, raised_at__lt=self.end)
        self.before = FinancialYear.parse(year).previous.slug
        known = RecordedGrade.objects.current().known(on=cut_off).filter(commissioner=commissioner)
        # How many grades the records hold, by provider and year: this one's and the one's before.
        self.recorded = Counter(known.filter(year__in=[year, self.before]).values_list("organisation", "year"))
        self.doubts = Counter(doubts.exclude(settled_at__lt=self.end).values_list("self_assessment", flat=True))


def of_year(commissioners: Iterable[int], year: str, cut_off: date) -> dict[int, SelfAssessment]:
    """By organisation, the return that counts."""
    returns = standing.of_year(SelfAssessment.objects.all(), commissioners, year, as_at=cut_off)
    return {each.organisation_id: each for each in returns.select_related("round__framework_version")}


def _roles(commissioner: Organisation, stood: Iterable[Stood], *, on: date) -> dict[int, str]:
    """For each person who decided a level, the role in which they did; never their name."""
    people = {level.decided_by for each in stood for level in each.levels.values() if level.decided_by}
    held = Membership.objects.filter(user__in=people, organisation=commissioner, starts_on__lte=on)
    found: dict[int, str] = {}
    pairs = list(held.values_list("user_id", "role"))
    for role in reversed(DECIDERS):
        found.update({person: str(role.label) for person, held_role in pairs if held_role == role})
    return found
