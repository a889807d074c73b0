"""Figures are their commissioner's and their organisation's; what was submitted stays, and is taken over once."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
OF_RETURN = ("askedline", "figuresubmission", "figureentry", "figurequery")
OF_LINE = ("cell", "hostcount", "explanation", "figure", "figurequery")
FROZEN = violation("the figures of a submitted return are frozen")
KEPT = violation("a figure is never overwritten")
STAYS = violation("a figures return stays whose and of which period it is")
QUERY_STAYS = violation("a question stays what was asked of whom")
PLAN_STAYS = violation("a plan is replaced, never changed")
FIGURE = (
    "commissioner_id", "organisation_id", "period_id", "figure_return_id", "submission_id", "asked_id", "code", "kind",
    "group", "answer", "headcount", "denominator", "numerator", "reached_on", "assurance", "held_on", "threshold",
    "amber", "direction", "known_from",
)  # fmt: skip
RETURN = ("commissioner_id", "organisation_id", "period_id", "reference", "original_due_on", "issued_at")
QUERY = ("commissioner_id", "organisation_id", "figure_return_id", "asked_id", "question", "asked_by_id", "asked_at")
PLAN = ("commissioner_id", "organisation_id", "code", "why_below", "what_is_done", "made_by_id", "made_at")


def changed(columns: tuple[str, ...]) -> str:
    """SQL: does any of these differ between the old row and the new one?"""
    old, new = (", ".join(f'{row}."{name}"' for name in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


def writable(way: str) -> str:
    """SQL: no row of a return that is not being written."""
    return f"""
        IF NOT EXISTS (SELECT 1 FROM training_figurereturn r {way}
            AND r.state IN ('issued', 'in_progress', 'correcting'))
        THEN {FROZEN} END IF;
    """


THROUGH_LINE = "JOIN training_askedline l ON l.figure_return_id = r.id WHERE l.id = OLD.asked_id"


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("accounts", "0005_link_bearers")]

    operations = [
        composite_key("training_figurereturn", "period_id", "training_period", "commissioner_id"),
        *(composite_key(f"training_{part}", "figure_return_id", "training_figurereturn", *WHOSE) for part in OF_RETURN),
        composite_key("training_figure", "figure_return_id", "training_figurereturn", *WHOSE, "period_id"),
        composite_key("training_figure", "submission_id", "training_figuresubmission", *WHOSE),
        *(composite_key(f"training_{part}", "asked_id", "training_askedline", *WHOSE) for part in OF_LINE),
        composite_key("training_trajectorypoint", "trajectory_id", "training_trajectory", *WHOSE),
        refuse(
            "training_return_stays", "training_figurereturn", "UPDATE",
            f"IF {changed(RETURN)} THEN {STAYS} END IF;",
        ),
        refuse(
            "training_asked_frozen", "training_askedline", "UPDATE OR DELETE",
            writable("WHERE r.id = OLD.figure_return_id"),
        ),
        refuse("training_cell_frozen", "training_cell", "UPDATE OR DELETE", writable(THROUGH_LINE)),
        refuse("training_host_frozen", "training_hostcount", "UPDATE OR DELETE", writable(THROUGH_LINE)),
        refuse("training_explanation_frozen", "training_explanation", "UPDATE OR DELETE", writable(THROUGH_LINE)),
        refuse(
            "training_figure_kept", "training_figure", "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' THEN {KEPT} END IF;
            IF OLD.known_to IS NOT NULL OR NEW.known_to IS NULL OR {changed(FIGURE)} THEN {KEPT} END IF;
            """,
        ),
        refuse("training_figure_no_truncate", "training_figure", "TRUNCATE", KEPT, row=False),
        refuse(
            "training_query_stays", "training_figurequery", "UPDATE OR DELETE",
            f"IF TG_OP = 'DELETE' OR {changed(QUERY)} THEN {QUERY_STAYS} END IF;",
        ),
        refuse(
            "training_plan_stays", "training_trajectory", "UPDATE OR DELETE",
            f"IF TG_OP = 'DELETE' OR {changed(PLAN)} THEN {PLAN_STAYS} END IF;",
        ),
        *append_only("training_figuresubmission"),
        *append_only("training_figureentry"),
        *append_only("training_trajectorypoint"),
        *never_truncated("training_periodevent", "training_figurereturnevent", "training_figurequeryevent"),
    ]  # fmt: skip
