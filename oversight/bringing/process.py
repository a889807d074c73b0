"""The same way for every kind of import: read, compare, accept. A new kind is an entry in ``KINDS``."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from accounts.door import Refused
from design.workbooks import reading
from design.workbooks.reading import Limits, Workbook
from design.workbooks.writing import stamp_of
from oversight.bringing import (
    actions,
    figures,
    grade_differences,
    grade_saving,
    grades,
    organisation_saving,
    organisations,
    ratings,
    review_differences,
    review_saving,
    reviews,
)
from oversight.bringing.organisation_differences import Comparison
from oversight.bringing.rows import Line, NotTaken, Outcome
from oversight.models import Import
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User
    from framework.models import FrameworkVersion


class ChangedMeanwhile(Refused):
    """What accepting would do is no longer what the person saw."""


@dataclass(frozen=True)
class About:
    """For whom a file is read, by whom, when, and against which standards (grades only); when the file itself was
    made (ratings only)."""

    kind: str
    commissioner: Organisation
    user: "User"
    on: date
    framework_version: "FrameworkVersion | None" = None
    numbers: str = ""
    dated: date | None = None

    @property
    def scheme(self) -> grades.Scheme:
        """The words of the standards chosen."""
        assert self.framework_version is not None
        return grades.Scheme(self.framework_version, self.numbers)


@dataclass(frozen=True)
class Bringing:
    """How one kind is read, compared and saved, how large its files may be, and of what it takes one or none."""

    read: Callable[[Workbook, About], tuple[list[Line], list[str]]]
    compare: Callable[[Sequence[Line], About, Mapping[str, str]], list[Outcome]]
    take: Callable[[Import, Sequence[Outcome]], dict[str, int]]
    limits: Limits | None = None
    unit: str = "row"


KINDS: dict[str, Bringing] = {
    Import.Kind.ORGANISATIONS: Bringing(
        read=lambda workbook, about: organisations.read(workbook, on=about.on),
        compare=lambda lines, about, choices: Comparison(lines, about.commissioner, about.user, about.on).outcomes(
            choices
        ),
        take=organisation_saving.take,
    ),
    Import.Kind.GRADES: Bringing(
        read=lambda workbook, about: grades.read(workbook, about.scheme, on=about.on),
        compare=lambda lines, about, choices: grade_differences.Comparison(
            lines, about.commissioner, about.scheme
        ).outcomes(choices),
        take=grade_saving.take,
        limits=grades.LIMITS,
    ),
    Import.Kind.ACTIONS: Bringing(
        read=lambda workbook, about: actions.read(workbook),
        compare=lambda lines, about, choices: actions.Comparison(
            lines, about.commissioner, about.user, about.on
        ).outcomes(choices),
        take=actions.take,
    ),
    Import.Kind.RATINGS: Bringing(
        read=lambda workbook, about: ratings.read(
            workbook, ratings.Known.of(about.commissioner, on=about.on), dated=about.dated or about.on
        ),
        compare=lambda lines, about, choices: ratings.Comparison(
            lines, about.commissioner, about.user, about.on
        ).outcomes(choices),
        take=ratings.take,
        limits=ratings.LIMITS,
    ),
    Import.Kind.REVIEWS: Bringing(
        read=lambda workbook, about: reviews.read(workbook, on=about.on),
        compare=lambda lines, about, choices: review_differences.Comparison(
            lines, about.commissioner, about.user, about.on
        ).outcomes(choices),
        take=review_saving.take,
    ),
    Import.Kind.FIGURES: Bringing(
        read=lambda workbook, about: figures.read(workbook, on=about.on),
        compare=lambda lines, about, choices: figures.Comparison(
            lines, about.commissioner, about.user, about.on
        ).outcomes(choices),
        take=figures.take,
        limits=figures.LIMITS,
        unit="return",
    ),
}


def begin(path: Path, file_name: str, about: About, *, at: datetime) -> Import:
    """Read the file and keep its rows; nothing is in the register yet.

    ``reading.Unreadable`` when the file is no workbook that can be read, NotTaken when it is not what is asked for.
    """
    kind = KINDS[about.kind]
    workbook = reading.read(path, kind.limits)
    _refuse_foreign(stamp_of(workbook), about)
    lines, left_out = kind.read(workbook, about)
    made: Import = Import.objects.create(
        commissioner=about.commissioner, kind=about.kind, file_name=file_name[-200:], read_by=about.user, read_at=at,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(), lines=[line.as_json() for line in lines],
        left_out=left_out, framework_version=about.framework_version,
    )  # fmt: skip
    return made


def stamp(about: About) -> dict[str, str]:
    """What the empty workbook carries, so that it is known when it comes back."""
    return {"bring in": about.kind, "commissioner": about.commissioner.reference}


def _refuse_foreign(found: Mapping[str, str], about: About) -> None:
    if found.get("commissioner", about.commissioner.reference) != about.commissioner.reference:
        raise NotTaken(
            "This workbook was made for another commissioner, so nothing of it was read. Download the empty workbook "
            f"of {about.commissioner} and copy the rows that are yours into it."
        )
    if found.get("bring in", about.kind) != about.kind:
        words = Import.Kind(found["bring in"]).label if found["bring in"] in Import.Kind.values else "something else"
        raise NotTaken(f"This is the workbook for “{words}”. Bring it in there, or choose the right file.")


def about_of(brought_in: Import, *, user: "User", on: date) -> About:
    """For comparing an import as it stands."""
    return About(brought_in.kind, brought_in.commissioner, user, on, brought_in.framework_version)


def compare(brought_in: Import, about: About, choices: Mapping[str, str]) -> list[Outcome]:
    """What taking each row would do, against the register as it is now."""
    lines = [Line.of_json(kept) for kept in brought_in.lines]
    return KINDS[brought_in.kind].compare(lines, about, choices)


def digest(outcomes: Sequence[Outcome]) -> str:
    """Changes when anything that was shown does."""
    said = json.dumps([each.digest for each in outcomes], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


@transaction.atomic
def accept(
    brought_in: Import, about: About, choices: Mapping[str, str], *, seen: str, by: "User", at: datetime
) -> Import:
    """Save every row that is sound and wanted. ``seen`` is the digest of what was shown before any choice.

    Two people at once wait for each other at the commissioner; the second is told what is different by now.
    """
    Organisation.objects.select_for_update(of=("self",)).get(pk=brought_in.commissioner_id)
    brought_in.lock()
    if brought_in.waits:
        if digest(compare(brought_in, about, {})) != seen:
            raise ChangedMeanwhile(
                "The register has changed since this comparison was shown, so nothing was saved. Open the comparison "
                "again and look at what is different."
            )
        outcomes = compare(brought_in, about, choices)
        # Who takes it and when, for what is kept of it; the row itself says so once everything is saved.
        brought_in.accepted_by, brought_in.accepted_at = by, at
        counts = _saved(brought_in, outcomes)
    else:
        counts = {}
    brought_in.accept(counts, by=by, at=at)
    return brought_in


def _saved(brought_in: Import, outcomes: Sequence[Outcome]) -> dict[str, int]:
    try:
        with transaction.atomic():
            made = KINDS[brought_in.kind].take(brought_in, outcomes)
    except IntegrityError as problem:
        raise ChangedMeanwhile(
            "Somebody saved one of these at the same moment, so nothing was saved. Open the comparison again."
        ) from problem
    kept = {state: sum(1 for each in outcomes if each.state == state) for state in ("unchanged", "rejected", "left")}
    return {**kept, **made}


def counted(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many rows are in each state."""
    found: dict[str, Any] = dict.fromkeys(("new", "changed", "unchanged", "asked", "left", "rejected"), 0)
    for each in outcomes:
        found[each.state] += 1
    return found
