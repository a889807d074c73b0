"""The record says in which places the words stood: table, column, row and how often. Never the words."""

from importlib import import_module

from django.db import migrations, models

BEFORE: str = import_module("privacy.migrations.0002_walls").REMOVE
PARTS = (
    ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    ("    first boolean := true;\n", "    first boolean := true;\n    done jsonb := '[]';\n"),
    (
        "            EXECUTE format('ALTER TABLE public.%I DISABLE",
        "            done := done || jsonb_build_object('table', target, 'column', name, 'id', place -> 'id', 'n', n);\n"
        "            EXECUTE format('ALTER TABLE public.%I DISABLE",
    ),
    ("places, reason, by_id, at\n", "places, reason, by_id, at, copies\n"),
    ("total, p_reason, p_by, p_at\n", "total, p_reason, p_by, p_at, done\n"),
)


def after() -> str:
    text = BEFORE
    for old, new in PARTS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_walls")]

    operations = [
        migrations.AddField("removal", "copies", models.JSONField(default=list)),
        migrations.RunSQL(after(), migrations.RunSQL.noop),
    ]
