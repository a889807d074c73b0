"""A line for every transaction that changes what figures are made of, written by the database itself."""

from django.db import migrations, models

WATCHED = {
    "accounts_circle": "", "accounts_circlemember": "", "accounts_cover": "", "accounts_declaredinterest": "",
    "accounts_membership": "", "accounts_user": "OF is_active", "assurance_assurancepolicy": "",
    "assurance_inquestion": "", "assurance_levelresult": "", "assurance_recordedgrade": "",
    "assurance_recordedset": "", "assurance_round": "", "assurance_selfassessment": "",
    "assurance_standardresult": "", "framework_criterionversion": "", "framework_frameworkversion": "",
    "framework_grade": "", "framework_standard": "", "providers_arrangement": "", "providers_category": "",
    "providers_organisation": "",
}  # fmt: skip

# The function writes with its owner's right: who changes a figure may not write here, or leave a line out.
NOTE = """
CREATE FUNCTION assurance_note_figures_change() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.assurance_figureschange (transaction, at)
  VALUES (pg_current_xact_id()::text::bigint, transaction_timestamp()) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION assurance_note_figures_change() FROM PUBLIC;
INSERT INTO public.assurance_figureschange (transaction, at) VALUES (0, transaction_timestamp());
"""


def watch(table: str, columns: str) -> migrations.RunSQL:
    """A statement that changes rows of the table leaves a line."""
    return migrations.RunSQL(
        f"CREATE TRIGGER figures_changed AFTER INSERT OR DELETE OR UPDATE {columns} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION assurance_note_figures_change()",
        f"DROP TRIGGER figures_changed ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_link_bearers"),
        ("assurance", "0014_return_link_walls"),
        ("framework", "0004_draft_workbooks"),
        ("providers", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="FiguresChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transaction", models.BigIntegerField()),
                ("at", models.DateTimeField(verbose_name="when the transaction began")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["at", "transaction"], name="figures_changed_once")]
            },
        ),
        migrations.RunSQL(NOTE, "DROP FUNCTION assurance_note_figures_change()"),
        *(watch(table, columns) for table, columns in WATCHED.items()),
    ]
