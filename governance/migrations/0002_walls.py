"""An approved report never changes: not its facts, figures, words or files."""

from django.db import migrations

from accounts.guards import append_only, never_truncated, refuse, violation

FROZEN = violation("an approved annual report never changes")


def _part(table: str) -> migrations.RunSQL:
    return refuse(
        f"{table}_frozen",
        table,
        "INSERT OR UPDATE OR DELETE",
        f"""
        IF EXISTS (SELECT 1 FROM governance_annualreport r WHERE r.state <> 'draft'
            AND r.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.report_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.report_id END))
        THEN {FROZEN} END IF;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [
        _part("governance_reportfact"),
        _part("governance_reportfigure"),
        _part("governance_reportnarrative"),
        _part("governance_reportfile"),
        refuse(
            "governance_report_frozen",
            "governance_annualreport",
            "UPDATE OR DELETE",
            f"""
            IF OLD.state <> 'draft' AND (TG_OP = 'DELETE' OR
                (NEW.commissioner_id, NEW.year, NEW.number, NEW.cut_off, NEW.title, NEW.frozen_at,
                 NEW.approved_by_id, NEW.approved_at) IS DISTINCT FROM
                (OLD.commissioner_id, OLD.year, OLD.number, OLD.cut_off, OLD.title, OLD.frozen_at,
                 OLD.approved_by_id, OLD.approved_at) OR NEW.state = 'draft')
            THEN {FROZEN} END IF;
            """,
        ),
        *append_only("governance_reportdownload"),
        *never_truncated("governance_annualreportevent", "governance_reportnarrativeevent"),
    ]
