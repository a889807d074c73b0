"""What a step or a notice rests on belongs to the same commissioner and provider."""

from django.db import migrations

from accounts.guards import composite_key

WHOSE = ("commissioner_id", "organisation_id")


class Migration(migrations.Migration):
    dependencies = [("oversight", "0024_escalation_grounds")]

    operations = [
        composite_key("oversight_escalation", "contact_id", "oversight_contactentry", *WHOSE),
        composite_key("oversight_noticeground", "finding_id", "oversight_visitfinding", *WHOSE),
    ]
