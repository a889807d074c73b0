"""A line is its visit's: of the same commissioner, about the same provider."""

from django.db import migrations

from accounts.guards import composite_key


class Migration(migrations.Migration):
    dependencies = [("oversight", "0018_visit_lines")]

    operations = [
        composite_key("oversight_visitline", "visit_id", "oversight_visit", "commissioner_id", "organisation_id"),
    ]
