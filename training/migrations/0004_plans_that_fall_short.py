"""A plan that does not reach the threshold says why; that is kept like its other words."""

from django.db import migrations, models

from accounts.guards import violation

STAYS = violation("a plan is replaced, never changed")
BEFORE = ("commissioner_id", "organisation_id", "code", "why_below", "what_is_done", "made_by_id", "made_at")


def stays(*columns: str) -> str:
    """The function of the trigger: none of these changes, and no plan goes."""
    old, new = (", ".join(f'{row}."{name}"' for name in columns) for row in ("OLD", "NEW"))
    return f"""
        CREATE OR REPLACE FUNCTION training_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF TG_OP = 'DELETE' OR ({old}) IS DISTINCT FROM ({new}) THEN {STAYS} END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$
    """


class Migration(migrations.Migration):
    dependencies = [("training", "0003_groups_and_sets_out_of_use")]

    operations = [
        migrations.AddField(
            model_name="trajectory",
            name="why_not_reached",
            field=models.CharField(
                blank=True, default="", max_length=300, verbose_name="why the threshold is not reached by the end"
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(stays(*BEFORE, "why_not_reached"), stays(*BEFORE)),
    ]
