"""A person may send a reminder outside the steps; the steps stay once a thing, version and step."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_second_step_reset"),
        ("chasing", "0003_notice_instead_of"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="chase",
            name="chase_once",
        ),
        migrations.AddField(
            model_name="chase",
            name="by_hand",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="chase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("by_hand__isnull", True)),
                fields=("kind", "thing", "due_version", "rung"),
                name="chase_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="chase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("by_hand__isnull", False)),
                fields=("kind", "thing", "by_hand"),
                name="chase_by_hand_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="chase",
            constraint=models.CheckConstraint(
                condition=models.Q(("by_hand__isnull", True), ("decided_by__isnull", False), _connector="OR"),
                name="chase_by_hand_of_a_person",
            ),
        ),
    ]
