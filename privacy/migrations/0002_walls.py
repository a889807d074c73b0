"""Warnings, overrides and removals stay; one function removes words, and does nothing else.

The web role may not change a history. This function may, because it belongs to the owner of the tables, and all it
does is to put "[removed on DATE]" in the place of exact words: in columns of the list ``privacy_place``, in the row
and its history, and with a record of it. Nothing else of a row changes, and it writes no history of its own.
"""

from django.db import migrations

from accounts.guards import append_only

REMOVE = """
CREATE FUNCTION privacy_remove_words(
    p_places jsonb, p_words text, p_on date, p_reference text, p_commissioner bigint, p_organisation bigint,
    p_circle bigint, p_text text, p_reason text, p_by bigint, p_at timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    marker constant text := '[removed on ' || to_char(p_on, 'FMDD FMMonth YYYY') || ']';
    in_json constant text := left(right(to_jsonb(p_words)::text, -1), -1);
    place jsonb;
    target text;
    key text;
    name text;
    kind text;
    width integer;
    words text;
    n integer;
    here integer := 0;
    total integer := 0;
    first boolean := true;
BEGIN
    IF p_words IS NULL OR length(btrim(p_words)) < 3 OR length(p_words) > 1000 OR p_words !~ '[[:alnum:]]' THEN
        RAISE EXCEPTION 'Only words of 3 to 1000 characters are removed' USING ERRCODE = 'restrict_violation';
    END IF;
    -- Two at once: the second waits, and then finds nothing left.
    PERFORM pg_advisory_xact_lock(hashtext('privacy_remove_words'));
    -- What waits to be checked at the end of the transaction would keep the triggers from being put aside.
    SET CONSTRAINTS ALL IMMEDIATE;
    FOR place IN SELECT value FROM jsonb_array_elements(p_places) LOOP
        name := place ->> 'column';
        IF NOT EXISTS (
            SELECT 1 FROM public.privacy_place held
            WHERE held."table" = place ->> 'table' AND held."column" = name
        ) THEN
            RAISE EXCEPTION 'Words are not removed from there' USING ERRCODE = 'restrict_violation';
        END IF;
        FOR target, key IN VALUES (place ->> 'table', 'id'), ((place ->> 'table') || 'event', 'pgh_obj_id') LOOP
            SELECT data_type, character_maximum_length INTO kind, width FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = target AND column_name = name;
            CONTINUE WHEN NOT FOUND;
            IF kind IN ('json', 'jsonb') THEN words := in_json;
            ELSIF kind IN ('text', 'character varying') THEN words := p_words;
            ELSE RAISE EXCEPTION 'That is no text' USING ERRCODE = 'restrict_violation';
            END IF;
            EXECUTE format(
                'SELECT coalesce(sum((length(%1$I::text) - length(replace(%1$I::text, $1, ''''))) / length($1)), 0)'
                ' FROM public.%2$I WHERE %3$I = $2', name, target, key
            ) INTO n USING words, (place ->> 'id')::bigint;
            total := total + n;
            here := here + CASE WHEN first AND key = 'id' THEN n ELSE 0 END;
            CONTINUE WHEN n = 0;
            EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', target);
            EXECUTE format(
                'UPDATE public.%2$I SET %1$I = left(replace(%1$I::text, $1, $2), $3)::%4$s'
                ' WHERE %5$I = $4 AND position($1 in %1$I::text) > 0', name, target, NULL,
                CASE WHEN kind IN ('json', 'jsonb') THEN kind ELSE 'text' END, key
            ) USING words, marker, coalesce(width, 1000000000), (place ->> 'id')::bigint;
            EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', target);
            -- No row, but what listens to statements hears that the table has changed.
            EXECUTE format('UPDATE public.%1$I SET %2$I = %2$I WHERE false', target, name);
        END LOOP;
        first := false;
    END LOOP;
    SET CONSTRAINTS ALL DEFERRED;
    IF here = 0 THEN
        RETURN 0;
    END IF;
    INSERT INTO public.privacy_removal (
        reference, commissioner_id, organisation_id, circle_id, kind, text, thing, field, places, reason, by_id, at
    ) VALUES (
        p_reference, p_commissioner, p_organisation, p_circle, 'words', p_text, (p_places -> 0 ->> 'id')::bigint,
        p_places -> 0 ->> 'column', total, p_reason, p_by, p_at
    );
    RETURN total;
END $$;
REVOKE EXECUTE ON FUNCTION privacy_remove_words FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'portal_web') THEN
        GRANT EXECUTE ON FUNCTION privacy_remove_words TO portal_web;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [
        *append_only("privacy_warned"),
        *append_only("privacy_override"),
        *append_only("privacy_removal"),
        migrations.RunSQL(REMOVE, "DROP FUNCTION privacy_remove_words"),
    ]
