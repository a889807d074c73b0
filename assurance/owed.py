"""What a provider's own people need to see first: what is asked of them, what waits for the commissioner, results.

Read by the provider's home. A fixed number of queries, however many organisations and returns.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.capabilities import Can
from accounts.models import Membership
from actions.models import Action
from assurance.models import Answer, LevelResult, SelfAssessment
from assurance.models.recipients import PLEASE_SIGN
from assurance.returns import minutes_for
from chasing.recipients import asked_to_sign
from chasing.replacing import Question, asked_of, whoever_is_gone, with_dead_address
from design.counting import counted, first_of
from framework.models import Grade
from providers.models import Contact

if TYPE_CHECKING:
    from accounts.models import User

State = SelfAssessment.State
ACTIONS_SHOWN = 5


@dataclass
class Owed:
    """One return to fill in, with how far it is and who wrote last."""

    assessment: SelfAssessment
    asked: int
    answered: int
    writer: str
    may_write: bool

    @property
    def minutes(self) -> int:
        """About how long the rest takes."""
        return minutes_for(self.asked - self.answered)


@dataclass
class ProviderHome:
    """The page, part by part, in the order on screen."""

    to_do: list[Owed]
    waiting: list[SelfAssessment]
    results: list[SelfAssessment]
    actions: list[Action]
    actions_count: int
    reminded: list[Contact] = field(default_factory=list)
    mailboxes: list[Any] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    organisations: list[Any] = field(default_factory=list)
    replaced_by_whom: list[Question] = field(default_factory=list)

    @property
    def first(self) -> Owed | None:
        """What the button "Continue" leads to: begun first, then the earliest due."""
        begun = [each for each in self.to_do if each.answered]
        return next(iter(begun or self.to_do), None)


def provider_home(user: "User", *, on: date) -> ProviderHome:
    """Everything on the provider's home that is not a visit. A fixed number of queries."""
    # A commissioner's people may know of every return; theirs are those of the organisations they work for.
    theirs = Membership.objects.live(on=on).filter(user=user).values("organisation")
    mine = SelfAssessment.objects.permitted(user, Can.SEE_RETURN_STATUS, on=on).filter(organisation__in=theirs)
    rows = list(_beside(mine, user, on).exclude(state=State.WITHDRAWN).order_by("due_on", "pk"))
    to_do = [each for each in rows if each.is_editable]
    waiting = [each for each in rows if each.state in (State.SUBMITTED, State.UNDER_REVIEW)]
    promised = Action.objects.permitted(user, Can.SEE_ACTIONS, on=on).open().filter(organisation__in=theirs)
    actions, actions_count = first_of(promised.with_status(on=on).order_by("due_on", "pk"), ACTIONS_SHOWN)
    commissioners = {each.commissioner_id for each in rows}
    organisations = {each.organisation_id: each.organisation for each in rows}
    near = Q(organisation__in=theirs) | Q(organisation__in=commissioners, kind=Contact.Kind.DESIGNATED)
    found = with_dead_address(Contact.objects.current().filter(near)).select_related("organisation")
    people = list(found.order_by("organisation__name", "name"))
    own = [each for each in people if each.organisation_id not in commissioners]
    return ProviderHome(
        to_do=[Owed(each, each.asked, each.answered, each.writer, each.may_write) for each in to_do],
        waiting=waiting,
        results=[each for each in reversed(rows) if each.state == State.VALIDATED],
        actions=actions,
        actions_count=actions_count,
        reminded=sorted((each for each in own if each.receives_reminders and each.email), key=str),
        mailboxes=sorted({each.mailbox for each in organisations.values() if each.mailbox}),
        organisations=sorted(organisations.values(), key=str),
        replaced_by_whom=[*asked_of(each for each in own if each.is_dead), *whoever_is_gone(theirs, on=on)],
        contacts=[each for each in people if each.organisation_id in commissioners],
    )


def _beside(returns: Any, user: "User", on: date) -> Any:
    """Beside each return: how much is asked and answered, who wrote last, and its overall level.

    Of this person: may they write, and when were they asked to sign.
    ``level`` is as the framework's scheme words it; empty before there is one.
    """
    answers = Answer.objects.filter(self_assessment=OuterRef("pk"))
    last = answers.filter(answered_at__isnull=False).order_by("-answered_at")
    writing = SelfAssessment.objects.permitted(user, Can.FILL_ASSESSMENT, on=on).filter(entering=False)
    scheme = OuterRef("self_assessment__round__framework_version__levels")
    words = Grade.objects.filter(scheme=scheme, code=OuterRef("level")).values("label")[:1]
    overall = LevelResult.objects.filter(self_assessment=OuterRef("pk"), strand=LevelResult.OVERALL)
    said = overall.annotate(words=Coalesce(Subquery(words), F("level"))).values("words")[:1]
    return returns.annotate(
        asked=counted(answers),
        answered=counted(answers.filter(grade__isnull=False)),
        writer=Coalesce(Subquery(last.values("answered_by__name")[:1]), Value("")),
        may_write=Exists(writing.filter(pk=OuterRef("pk"))),
        asked_to_sign=asked_to_sign(PLEASE_SIGN, SelfAssessment, user),
        level=Coalesce(Subquery(said), Value("")),
    )
