"""What was decided about a level is its return's and stays; levels written before have their history begin now."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated


class Migration(migrations.Migration):
    dependencies = [("assurance", "0003_level_history")]

    operations = [
        composite_key(
            "assurance_leveldecision",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
        *append_only("assurance_leveldecision"),
        *never_truncated("assurance_levelresultevent"),
        # The trigger writes one event for each row that stands.
        migrations.RunSQL("UPDATE assurance_levelresult SET computed_at = decided_at", migrations.RunSQL.noop),
    ]
