"""The letter that says that recovery plans are asked for: once for each line and run, one a provider for all its lines.

Being asked for a plan is a question to the figures (``training.unplanned``), never a flag, so what was said stands in
the letters themselves: each holds the ids of the figures that made it due. A line has been told of as long as such a
figure belongs to its run; one at the threshold ends the run, and the next one is told of again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from chasing.recipients import post, to_preparers
from design.calendar import london_date
from training.models import AskedLine, Figure, FigureReturn, FigureSubmission
from training.resolver.sums import short_as_asked
from training.unplanned import plans_asked

KIND = "figures_plan_asked"
Line = tuple[int, int, str]


@transaction.atomic
def tell(*, on: date, at: datetime) -> int:
    """Write to everybody who prepares the figures of a provider about the lines that it was not told of yet.

    Returns how many providers. Safe to run twice. Nobody is told of what came in from records, nor a commissioner of
    its own people.
    """
    rows = plans_asked(Figure.objects, None, on=on).exclude(submission__channel=FigureSubmission.Channel.RECORDS)
    asked = list(rows.select_related("figure_return__period", "figure_return__organisation"))
    told = _told([each.organisation_id for each in asked])
    lines: dict[tuple[int, int, int | None], list[Figure]] = defaultdict(list)
    for each in asked:
        if _line(each) not in told:
            lines[each.commissioner_id, each.organisation_id, each.figure_return.circle_id].append(each)
    letters = list(_letters(lines.values(), on=on, at=at))
    post(letters)
    return len({letter.organisation_id for letter in letters})


def _letters(gathered: Iterable[Sequence[Figure]], *, on: date, at: datetime) -> Iterable[Letter]:
    """About the newest return of each provider, with the lines of all."""
    returns, lines = [], {}
    for figures in gathered:
        newest = max((each.figure_return for each in figures), key=lambda each: each.period.ends_on)
        returns.append(newest)
        lines[newest.pk] = sorted(each.asked_id for each in figures)
    for letter in to_preparers(KIND, returns, on=on, at=at):
        letter.about["lines"] = lines[letter.about[FigureReturn.kind_code]]
        letter.dedupe_key = f"{letter.dedupe_key}:{on}"  # a correction may ask for another plan on a later day
        yield letter


def _told(organisations: Sequence[int]) -> set[Line]:
    """The lines of these organisations of whose run a letter has spoken. Two queries."""
    about = Letter.objects.filter(kind=KIND, organisation__in=organisations).values_list("about", flat=True)
    spoken = {pk for each in about for pk in each["lines"]}
    known = Figure.objects.known().totals().exclude(figure_return__state=FigureReturn.State.WITHDRAWN)
    better = known.exclude(short_as_asked()).exclude(answer=AskedLine.Answer.NOT_APPLICABLE).filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code"),
        period__ends_on__gt=OuterRef("period__ends_on"),
    )  # fmt: skip
    rows = known.filter(short_as_asked(), ~Exists(better), asked__in=spoken)
    return {_line(each) for each in rows}


def _line(figure: Figure) -> Line:
    return figure.commissioner_id, figure.organisation_id, figure.code


def _asked(letter: Letter, at: datetime) -> Context | None:
    """The lines that wait for a plan still; nothing once they all have one."""
    codes = AskedLine.objects.filter(pk__in=letter.about["lines"]).values("code")
    rows = plans_asked(Figure.objects, [letter.commissioner_id or 0], on=london_date(at)).filter(
        organisation=letter.organisation_id, code__in=codes
    )  # fmt: skip
    names = [each.asked.line.name for each in rows.select_related("asked__line").order_by("asked__position", "pk")]
    return {"names": names, "link": absolute("training:recovery-list")} if names else None


def register_plan_writer() -> None:
    """Called when the app is ready."""
    register(Writer(KIND, _asked))
