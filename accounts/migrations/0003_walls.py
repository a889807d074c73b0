"""History that nobody can rewrite: no truncation, and a context function that never updates."""

from django.db import migrations

from accounts.guards import append_only, never_truncated

# pghistory's own function updates the context row. The web role may not update history, so ours does not.
ATTACH = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
DECLARE
    _pgh_context_id UUID;
    _pgh_context_metadata JSONB;
BEGIN
    BEGIN
        SELECT INTO _pgh_context_id CURRENT_SETTING('pghistory.context_id');
        SELECT INTO _pgh_context_metadata CURRENT_SETTING('pghistory.context_metadata');
    EXCEPTION WHEN OTHERS THEN
    END;
    IF _pgh_context_id IS NOT NULL AND _pgh_context_metadata IS NOT NULL THEN
        INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
            VALUES (_pgh_context_id, _pgh_context_metadata, NOW(), NOW())
            ON CONFLICT (id) DO NOTHING;
        RETURN _pgh_context_id;
    ELSE
        RETURN NULL;
    END IF;
END;
$$ LANGUAGE plpgsql;
"""

# Throttle counters and used codes: Django's database cache, made here because the web role makes no tables.
COUNTERS = """
CREATE TABLE throttle_counter (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX throttle_counter_expires ON throttle_counter (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_access"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [
        migrations.RunSQL(ATTACH, migrations.RunSQL.noop),
        migrations.RunSQL(COUNTERS, "DROP TABLE throttle_counter"),
        *append_only("accounts_signinevent"),
        *append_only("pghistory_context"),
        *never_truncated(
            "accounts_circlememberevent",
            "accounts_coverevent",
            "accounts_declaredinterestevent",
            "accounts_invitationevent",
            "accounts_membershipevent",
            "accounts_userevent",
        ),
    ]
