"""Changed dates are append-only."""

from django.db import migrations

from accounts.guards import append_only, never_truncated


class Migration(migrations.Migration):
    dependencies = [("chasing", "0001_initial")]

    operations = [*append_only("chasing_duechange"), *never_truncated("chasing_sendingholdevent")]
