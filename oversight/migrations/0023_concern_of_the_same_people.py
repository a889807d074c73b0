"""A concern holds items for exactly its own people: a plain item in a restricted one would tell others of it."""

from django.db import migrations

from accounts.guards import violation

SAME = f"""
    CREATE OR REPLACE FUNCTION oversight_intelligenceitem_among_its_people() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.concern_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM oversight_concern c
            WHERE c.id = NEW.concern_id AND c.circle_id IS NOT DISTINCT FROM NEW.circle_id
        ) THEN {violation("a concern holds items for the same people as itself")} END IF;
        IF NEW.circle_id IS NOT NULL THEN
            IF NOT EXISTS (
                SELECT 1 FROM accounts_circle c WHERE c.id = NEW.circle_id AND c.commissioner_id = NEW.commissioner_id
            ) THEN {violation("an item is restricted to a list of its own commissioner")} END IF;
            IF (
                SELECT count(*) FROM accounts_circlemember m
                WHERE m.circle_id = NEW.circle_id AND m.scope = 'whole' AND m.ends_on IS NULL
            ) < 2 THEN {violation("a restricted item is for at least two people")} END IF;
        END IF;
        RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("oversight", "0022_ratings_import")]

    operations = [migrations.RunSQL(SAME, migrations.RunSQL.noop)]
