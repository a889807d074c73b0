"""Whoever writes by a link never signs in: the database refuses it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_second_step_reset"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email__endswith", "@link.invalid"), _negated=True),
                    models.Q(("is_active", False), ("joined_at__isnull", True)),
                    _connector="OR",
                ),
                name="user_of_a_link_never_joins",
            ),
        ),
    ]
