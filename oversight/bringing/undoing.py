"""Undoes a whole import while nothing depends on what it made: the database's keys decide, and the page names them.

Things are removed before their traces, because the wall lets a row go only while its trace is there.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError, Q, RestrictedError

from accounts.capabilities import Can
from accounts.door import Refused
from actions.models import Action
from chasing.models import Chase, DueChange
from oversight.bringing import figures, review_saving
from oversight.bringing.grade_saving import forget
from oversight.bringing.organisation_saving import restore
from oversight.models import Import, Trace
from oversight.models.traces import KEYS
from reviews.models import Review

if TYPE_CHECKING:
    from accounts.models import User

NAMED = 12


class Depended(Refused):
    """Something depends on what the import made; the message says what, by name."""


@transaction.atomic
def undo(brought_in: Import, *, by: "User", at: datetime) -> None:
    """Remove what it made and give back what it changed, all of it or nothing. Depended says what stands in the way."""
    brought_in.lock()
    if brought_in.kind == Import.Kind.RATINGS:
        raise Refused("Ratings are kept as history. If the file was wrong, bring in the right one: it comes after it.")
    if brought_in.state == Import.State.ACCEPTED and brought_in.kind == Import.Kind.REVIEWS:
        review_saving.take_back(brought_in, by=by, at=at)
    elif brought_in.state == Import.State.ACCEPTED and brought_in.kind == Import.Kind.FIGURES:
        figures.undo(brought_in, by=by, at=at)
    elif brought_in.state == Import.State.ACCEPTED:
        _remove(brought_in)
    brought_in.undo(by=by, at=at)


def _remove(brought_in: Import) -> None:
    traces = brought_in.traces.select_related(*KEYS)
    in_the_way = [f"{trace.thing} was changed since" for trace in traces if _is_changed(trace)]
    if in_the_way:
        raise _depended(in_the_way)
    if reminded := _reminded([trace.action_id for trace in traces if trace.action_id]):
        raise _depended(reminded)
    for trace in traces:
        if not trace.made and not restore(trace):
            raise _depended([f"{trace.thing} was changed since"])
    ours = traces.filter(made=True)
    for trace in ours.exclude(recorded_set=None):
        if trace.recorded_set and (later := forget(trace.recorded_set)):
            raise _depended(later)
    try:
        with transaction.atomic():
            for key in KEYS:
                _delete(ours.exclude(**{key: None}), key)
            traces.all().delete()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (ProtectedError, RestrictedError) as problem:
        things: Any = getattr(problem, "protected_objects", None) or getattr(problem, "restricted_objects", ())
        raise _depended([_named(thing) for thing in things]) from problem
    except IntegrityError as problem:
        table = getattr(getattr(problem.__cause__, "diag", None), "table_name", "") or ""
        raise _depended([_table_named(table)]) from problem


def _reminded(actions: list[int]) -> list[str]:
    """Steps planned and dates paused point at an action by number, not by a key."""
    about = {"kind": Action.kind_code, "thing__in": actions}
    things = {*Chase.objects.filter(**about).values_list("thing", flat=True)}
    things |= {*DueChange.objects.filter(**about).values_list("thing", flat=True)}
    return [f"reminders about “{each}”" for each in Action.objects.filter(pk__in=things)]


def _is_changed(trace: Trace) -> bool:
    thing: Any = trace.thing
    return bool(getattr(thing, "version", trace.version) != trace.version)


def _delete(traces: "models.QuerySet[Trace]", key: str) -> None:
    """The things of one kind, by Django's own rules for what protects them."""
    model: Any = Trace._meta.get_field(key).related_model
    wanted = list(traces.values_list(f"{key}_id", flat=True))
    model.objects.filter(pk__in=wanted).delete()


def _named(thing: models.Model) -> str:
    kind = str(thing._meta.verbose_name)
    about = getattr(thing, "organisation", None)
    return f"{kind} “{str(thing)[:60]}”" + (f" of {about}" if about is not None and about != thing else "")


def _table_named(table: str) -> str:
    from django.apps import apps

    model = next((each for each in apps.get_models() if each._meta.db_table == table), None)
    return str(model._meta.verbose_name_plural) if model else "other rows"


def _depended(things: list[str]) -> Depended:
    shown = sorted(set(things))
    more = f", and {len(shown) - NAMED} more" if len(shown) > NAMED else ""
    return Depended(
        f"This import cannot be undone any more, because something depends on it: {'; '.join(shown[:NAMED])}{more}. "
        "Change or close single organisations instead."
    )


def made_by(brought_in: Import, user: "User") -> list[Trace]:
    """What the import made and changed, organisations first; for its page, of reviews those that the person may read.
    One query."""
    if brought_in.kind == Import.Kind.REVIEWS:
        readable = Review.objects.permitted(user, Can.SEE_REVIEW)
        theirs = Q(review__in=readable) | Q(action__circle__review__in=readable)
        traces = brought_in.traces.filter(theirs).select_related("review", "action__organisation")
        return list(traces.order_by("action", "pk"))
    found = brought_in.traces.select_related(
        *KEYS, "contact__organisation", "site__organisation", "action__organisation", "figure_return__organisation",
        "figure_return__period",
    )  # fmt: skip
    rows = list(found.select_related("arrangement__organisation", *KEYS).order_by("pk"))
    return sorted(rows, key=lambda trace: next(n for n, key in enumerate(reversed(KEYS)) if getattr(trace, key)))
