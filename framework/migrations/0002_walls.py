"""A published version is locked: its standards, criteria, words and citations cannot change."""

from django.db import migrations

from accounts.guards import never_truncated, refuse, violation

LOCKED = violation("a published framework version is locked")
EVENTS = "INSERT OR UPDATE OR DELETE"


def _of_version(table: str) -> migrations.RunSQL:
    """Rows that name their version themselves."""
    return refuse(
        f"{table}_locked",
        table,
        EVENTS,
        f"""
        IF EXISTS (SELECT 1 FROM framework_frameworkversion v WHERE v.state = 'published'
            AND v.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.framework_version_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.framework_version_id END))
        THEN {LOCKED} END IF;
        """,
    )


def _of_criterion(table: str) -> migrations.RunSQL:
    """Rows that hang on a criterion of a version."""
    return refuse(
        f"{table}_locked",
        table,
        EVENTS,
        f"""
        IF EXISTS (SELECT 1 FROM framework_criterionversion c JOIN framework_frameworkversion v
            ON v.id = c.framework_version_id WHERE v.state = 'published'
            AND c.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.criterion_version_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.criterion_version_id END))
        THEN {LOCKED} END IF;
        """,
    )


USED = """EXISTS (SELECT 1 FROM framework_frameworkversion v WHERE v.state = 'published'
    AND {scheme} IN (v.grading_id, v.levels_id))"""


class Migration(migrations.Migration):
    dependencies = [("framework", "0001_initial")]

    operations = [
        _of_version("framework_standard"),
        _of_version("framework_criterionversion"),
        _of_criterion("framework_wording"),
        _of_criterion("framework_citation"),
        refuse(
            "framework_version_locked",
            "framework_frameworkversion",
            "UPDATE OR DELETE",
            f"IF OLD.state = 'published' THEN {LOCKED} END IF;",
        ),
        refuse(
            "framework_scheme_locked",
            "framework_gradingscheme",
            "UPDATE OR DELETE",
            f"IF {USED.format(scheme='OLD.id')} THEN {LOCKED} END IF;",
        ),
        refuse(
            "framework_grade_locked",
            "framework_grade",
            "UPDATE OR DELETE",
            f"IF {USED.format(scheme='OLD.scheme_id')} THEN {LOCKED} END IF;",
        ),
        refuse(
            "framework_grade_not_added",
            "framework_grade",
            "INSERT",
            f"IF {USED.format(scheme='NEW.scheme_id')} THEN {LOCKED} END IF;",
        ),
        *never_truncated("framework_frameworkversionevent"),
    ]
