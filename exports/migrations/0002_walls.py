"""What was taken out and what was frozen is never changed, removed or truncated, by any role."""

from django.db import migrations

from accounts.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]

    operations = [*append_only("exports_export"), *append_only("exports_frozenview")]
