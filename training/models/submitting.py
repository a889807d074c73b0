"""Submitting figures, correcting them, and typing those that arrived another way. What was submitted stays for ever.

``FigureReturn`` has these as its verbs. A submission writes its document and one ``Figure`` a number in one
transaction, and what was known before ends at that moment; until then everybody reads what was known.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max

from chasing.recipients import post
from design.calendar import add_working_days, london_date
from training.models.asked import AskedLine, Cell
from training.models.documents import BOXES, asked_with_boxes, digest, document_of, in_order
from training.models.missing import Missing, missing_of
from training.models.policy import CollectingRule
from training.models.recipients import receipts, withdrawn
from training.models.returns import FigureReturn, IllegalMove
from training.models.submissions import Figure, FigureEntry, FigureSubmission, Signature

if TYPE_CHECKING:
    from accounts.models import User

State = FigureReturn.State
DECLARATION = (
    "The figures are complete and correct as far as I know, were counted as at the day named, and my organisation will "
    "send a correction if it finds a mistake."
)
# Asked once before the signature (hazard 26); the question and the answer are kept as they were read.
REPORT_QUESTION = "While counting, did you come across anything that must be reported now?"
REPORT_ANSWERS = {
    "no": "No, nothing here needs to be reported now",
    "reported": "Yes, and it has been reported",
    "not_yet": "Yes, and it has not been reported yet",
}
USUAL_WINDOW = 10


class Incomplete(Exception):
    """Some lines still need something. ``missing`` says which and what, in reading order."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = list(missing)
        some = "thing is" if len(self.missing) == 1 else "things are"
        super().__init__(f"{len(self.missing)} {some} still missing")


@transaction.atomic
def submit(
    figure_return: FigureReturn, signature: Signature, *, by: "User", at: datetime, **how: Any
) -> FigureSubmission:
    """Freeze what is written, keep it as one signed document, and let its figures be what is known from now on.

    ``how`` are further fields of the submission: the link through which it came. Raises Incomplete when something is
    missing and IllegalMove when somebody submitted or withdrew it first.
    """
    # Held first, so that a save that is under way is either in the document or refused.
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    if not locked.is_editable:
        raise IllegalMove(f"These figures are already “{locked.get_state_display()}”. Look at them again.")
    figure_return.refresh_from_db()
    lines = asked_with_boxes(figure_return)
    if missing := missing_of(lines):
        raise Incomplete(missing)
    submission = _keep(figure_return, lines, signature, by=by, at=at, how=how)
    figure_return.figures.known().update(known_to=at)
    Figure.objects.bulk_create(figures_of(submission, figure_return, lines, at=at))
    figure_return._move(
        FigureReturn.EDITABLE,
        State.SUBMITTED,
        entering=figure_return.is_own,
        correcting_because="",
        settled_at=figure_return.settled_at or at,
        submitted_at=at,
        first_submitted_at=figure_return.first_submitted_at or at,
    )
    post(receipts(figure_return, submission, by=by, at=at))
    return submission


def _keep(
    figure_return: FigureReturn, lines: Sequence[AskedLine], signature: Signature, *, by: "User", at: datetime,
    how: dict[str, Any],
) -> FigureSubmission:  # fmt: skip
    entry = figure_return.entries.first() if figure_return.entering and not figure_return.is_own else None
    channels = FigureSubmission.Channel
    channel = entry.channel if entry else channels.LINK if how.get("link") else channels.ONLINE
    window = _window(figure_return, at) if entry else None
    number = (figure_return.submissions.aggregate(last=Max("number"))["last"] or 0) + 1
    document = document_of(figure_return, lines) | {
        "number": number,
        "reason": figure_return.correcting_because,
        "signed_by": {"name": signature.name, "role": signature.role, "on": signature.on.isoformat()},
        "declaration": DECLARATION,
        "reported_now": {
            "answer": signature.reported_now,
            "question": REPORT_QUESTION,
            "words": REPORT_ANSWERS[signature.reported_now],
            # Through a link nobody signs in: there the person who signs has answered.
            "by": signature.name if how.get("link") else str(by),
        },
        "submitted_at": at.isoformat(timespec="seconds"),
        "channel": str(channel),
        "received_from": entry.received_from if entry else "",
        "received_on": entry.received_on.isoformat() if entry else "",
        "correct_until": window.isoformat() if window else "",
    }
    return FigureSubmission.objects.create(
        commissioner_id=figure_return.commissioner_id, organisation_id=figure_return.organisation_id,
        figure_return=figure_return, number=number, document=document, sha256=digest(document),
        reason=figure_return.correcting_because, signed_by_name=signature.name, signed_by_role=signature.role,
        signed_on=signature.on, channel=channel, received_from=document["received_from"],
        received_on=entry.received_on if entry else None, correct_until=window, submitted_by=by, submitted_at=at, **how,
    )  # fmt: skip


def _window(figure_return: FigureReturn, at: datetime) -> date:
    """Until when the provider may correct what was typed for it."""
    on = london_date(at)
    rule = CollectingRule.objects.in_force(figure_return.commissioner_id, on).first()
    return add_working_days(on, rule.correction_working_days if rule else USUAL_WINDOW)


def figures_of(
    submission: FigureSubmission, figure_return: FigureReturn, lines: Iterable[AskedLine], *, at: datetime
) -> list[Figure]:
    """The numbers of a submission, not saved: for each line everybody together, then its groups, reasons and hosts."""
    found = []
    for asked in lines:
        same = {
            "commissioner_id": figure_return.commissioner_id, "organisation_id": figure_return.organisation_id,
            "period_id": figure_return.period_id, "figure_return": figure_return, "submission": submission,
            "asked": asked, "code": asked.code, "answer": asked.answer, "threshold": asked.threshold,
            "amber": asked.amber, "direction": asked.line.direction, "known_from": at,
        }  # fmt: skip
        found += [Figure(**same, **number) for number in _numbers(asked)]
    return found


def _numbers(asked: AskedLine) -> list[dict[str, Any]]:
    """Kind, group and numbers of each figure of one line. The total is the sum of its groups, or of its host areas."""
    total: dict[str, Any] = {"kind": Figure.Kind.TOTAL, "group": ""}
    if asked.answer == AskedLine.Answer.NOT_APPLICABLE:
        return [total]
    if asked.answer == AskedLine.Answer.NOTHING:
        return [total | {"numerator": 0, "denominator": 0 if asked.line.has_denominator else None}]
    cells = in_order(asked.cells.all())
    groups = [cell for cell in cells if cell.kind == Cell.Kind.GROUP]
    total |= {name: _sum(getattr(cell, name) for cell in groups) for name in BOXES}
    total["reached_on"] = max((cell.reached_on for cell in groups if cell.reached_on), default=None)
    hosts = list(asked.hosts.all())
    if hosts:
        total["numerator"] = sum(host.count for host in hosts)
    parts = [_part(cell, Figure.Kind.GROUP) for cell in groups if cell.group]
    reasons = [cell for cell in cells if cell.kind == Cell.Kind.REASON and cell.numerator is not None]
    return [
        total,
        *parts,
        *({"kind": Figure.Kind.REASON, "group": cell.group, "numerator": cell.numerator} for cell in reasons),
        *(
            {
                "kind": Figure.Kind.HOST, "group": host.area, "numerator": host.count, "assurance": host.assurance,
                "held_on": host.held_on,
            }
            for host in hosts
        ),
    ]  # fmt: skip


def _part(cell: Cell, kind: str) -> dict[str, Any]:
    return {"kind": kind, "group": cell.group, "reached_on": cell.reached_on} | {
        name: getattr(cell, name) for name in BOXES
    }


def _sum(numbers: Iterable[int | None]) -> int | None:
    """Of those that are there; nothing of nothing is not nought."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


@transaction.atomic
def begin_correction(figure_return: FigureReturn, reason: str, *, by: "User", at: datetime) -> None:
    """Open submitted figures again. What was submitted is what everybody reads until the correction is.

    A provider corrects what its commissioner typed for it within the window (hazard 32); its own at any time.
    """
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    last = locked.submissions.first()
    late = last is not None and last.was_entered_for_the_provider and not last.may_be_corrected(on=london_date(at))
    if late:
        raise IllegalMove(
            "The time to correct what your commissioner typed for you has passed. Ring your contact there: they can "
            "take a correction from you."
        )
    figure_return._move((State.SUBMITTED,), State.CORRECTING, correcting_because=reason, entering=locked.is_own)


@transaction.atomic
def give_up_correction(figure_return: FigureReturn, *, at: datetime) -> None:
    """Everything written is again what was last submitted."""
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    if locked.state != State.CORRECTING:
        raise IllegalMove("These figures are not being corrected. Look at them again.")
    last = locked.submissions.first()
    assert last is not None
    _write_back(locked, last.document, at=at)
    figure_return._move((State.CORRECTING,), State.SUBMITTED, correcting_because="", entering=locked.is_own)


def _write_back(figure_return: FigureReturn, document: dict[str, Any], *, at: datetime) -> None:
    """The boxes, answers, hosts and explanations of the document."""
    lines = {asked.code: asked for asked in asked_with_boxes(figure_return)}
    cells = []
    for said in document["lines"]:
        asked = lines[said["code"]]
        for name in ("answer", "answer_reason", "narrative", "source"):
            setattr(asked, name, said[name])
        asked.version += 1
        there = {(cell.kind, cell.group): cell for cell in asked.cells.all()}
        for box in said["boxes"]:
            cell = there[box["kind"], box["group"]]
            for name in BOXES:
                setattr(cell, name, box[name])
            cell.reached_on = date.fromisoformat(box["reached_on"]) if box["reached_on"] else None
            cell.version += 1
            cells.append(cell)
        _parts_back(asked, said)
    AskedLine.objects.bulk_update(lines.values(), ["answer", "answer_reason", "narrative", "source", "version"])
    Cell.objects.bulk_update(cells, [*BOXES, "reached_on", "version"])


def _parts_back(asked: AskedLine, said: dict[str, Any]) -> None:
    """Host areas and explanations of one line, as they were submitted."""
    if asked.hosts.all() or said["hosts"]:
        asked.hosts.all().delete()
        whose = {"commissioner_id": asked.commissioner_id, "organisation_id": asked.organisation_id}
        asked.hosts.bulk_create(
            asked.hosts.model(
                **whose, asked=asked, area=host["area"], count=host["count"], assurance=host["assurance"],
                held_on=host["held_on"], written_by_id=host["by"], written_at=host["at"],
            )
            for host in said["hosts"]
        )  # fmt: skip
    if asked.explanations.all() or said["explanations"]:
        asked.explanations.all().delete()
        whose = {"commissioner_id": asked.commissioner_id, "organisation_id": asked.organisation_id}
        asked.explanations.bulk_create(
            asked.explanations.model(
                **whose, asked=asked, check_code=each["check"], group=each["group"], question=each["question"],
                words=each["words"], by_id=each["by"], at=each["at"],
            )
            for each in said["explanations"]
        )  # fmt: skip


@transaction.atomic
def begin_entry(
    figure_return: FigureReturn, *, channel: str, received_from: str, received_on: date, by: "User", at: datetime,
    reason: str = "",
) -> FigureEntry:  # fmt: skip
    """The commissioner starts to type what arrived by e-mail, on paper or by telephone.

    Refused when the provider has written something since it last submitted: nobody reads or overwrites a provider's
    draft. Submitted figures are corrected so with a ``reason``.
    """
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    refuse_entry(locked)
    done: dict[str, Any] = {"entering": True}
    if locked.state == State.SUBMITTED:
        figure_return._move((State.SUBMITTED,), State.CORRECTING, correcting_because=reason, **done)
    else:
        figure_return._move(FigureReturn.OWED, State.IN_PROGRESS, **done)
    return FigureEntry.objects.create(
        commissioner_id=locked.commissioner_id, organisation_id=locked.organisation_id, figure_return=locked,
        channel=channel, received_from=received_from, received_on=received_on, by=by, at=at,
    )  # fmt: skip


def refuse_entry(figure_return: FigureReturn) -> None:
    """Why figures that arrived another way cannot be typed now, as IllegalMove; nothing when they can."""
    if figure_return.is_own:
        raise IllegalMove("These are your own figures: write them in, nothing has to be received.")
    if figure_return.entering or figure_return.state in (State.WITHDRAWN, State.CORRECTING):
        raise IllegalMove(
            "These figures cannot be entered now: they are being entered or corrected, or were withdrawn."
        )
    if figure_return.state != State.SUBMITTED and is_begun(figure_return):
        raise IllegalMove(
            f"{figure_return.organisation.name} has begun to write here, so what arrived another way cannot be typed "
            "over it. Ask them to submit what they have, or to copy the rest in themselves."
        )


def is_begun(figure_return: FigureReturn) -> bool:
    """Has anybody written anything in a return that was never submitted?"""
    return figure_return.state == State.IN_PROGRESS or is_written(figure_return)


def is_written(figure_return: FigureReturn) -> bool:
    """Does anything stand in it: a number, an answer without figures, a host area?"""
    lines = figure_return.lines.all()
    return (
        lines.filter(cells__written_at__isnull=False).exists()
        or lines.exclude(answer=AskedLine.Answer.FIGURES).exists()
        or lines.filter(hosts__isnull=False).exists()
    )


@transaction.atomic
def give_back(figure_return: FigureReturn, *, at: datetime) -> None:
    """The commissioner stops typing before it submitted: the provider goes on itself, or a correction is given up."""
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    if not locked.entering or locked.is_own:
        raise IllegalMove("Nobody at the commissioner is typing these figures. Look at them again.")
    if locked.state == State.CORRECTING:
        give_up_correction(figure_return, at=at)
        return
    # Where nothing was typed it is as it was before, so that what arrives later can be typed after all.
    state = State.IN_PROGRESS if is_written(figure_return) else State.ISSUED
    figure_return._move(FigureReturn.OWED, state, entering=False)


@transaction.atomic
def withdraw(figure_return: FigureReturn, *, by: "User", at: datetime, reason: str) -> None:
    """Nothing is asked for any more. It stays in every list as withdrawn, with the reason (hazard 5)."""
    figure_return._move(
        FigureReturn.OWED, State.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, withdrawn_reason=reason, settled_at=at,
        entering=False,
    )  # fmt: skip
    post(withdrawn(figure_return, at=at))


@transaction.atomic
def answer_with(
    asked: AskedLine, answer: str, reason: str, *, by: "User", at: datetime, version: int | None = None
) -> None:
    """Nothing to declare, or does not apply, with why; or figures after all. The return is then in progress."""
    locked = FigureReturn.objects.select_for_update().get(pk=asked.figure_return_id)
    if not locked.is_editable:
        raise IllegalMove(f"These figures are now “{locked.get_state_display()}”. Look at them again.")
    rows = AskedLine.objects.filter(pk=asked.pk, **({} if version is None else {"version": version}))
    reason = "" if answer == AskedLine.Answer.FIGURES else reason
    if not rows.update(answer=answer, answer_reason=reason, version=F("version") + 1):
        raise IllegalMove("Somebody else has just changed this line. Look at it again.")
    begun(locked)
    asked.refresh_from_db()


def empty_lines(figure_return: FigureReturn) -> Any:
    """The lines in which nothing has been written, as a queryset."""
    written = Cell.objects.filter(asked__figure_return=figure_return).exclude(**dict.fromkeys(BOXES))
    return figure_return.lines.filter(answer=AskedLine.Answer.FIGURES, hosts__isnull=True).exclude(cells__in=written)


@transaction.atomic
def answer_all_with(figure_return: FigureReturn, answer: str, reason: str, *, by: "User", at: datetime) -> int:
    """The same for the whole return: every line that has no figures yet. Returns how many."""
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    if not locked.is_editable:
        raise IllegalMove(f"These figures are now “{locked.get_state_display()}”. Look at them again.")
    done = AskedLine.objects.filter(pk__in=empty_lines(locked).values("pk")).update(
        answer=answer, answer_reason=reason, version=F("version") + 1
    )
    begun(locked)
    figure_return.refresh_from_db()
    return done


def begun(figure_return: FigureReturn) -> None:
    """Something was written: a return that nobody had started is in progress. Called by whatever writes, locked."""
    rows = FigureReturn.objects.filter(pk=figure_return.pk, state=State.ISSUED)
    rows.update(state=State.IN_PROGRESS, version=F("version") + 1)
