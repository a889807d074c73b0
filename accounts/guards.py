"""The second wall: SQL that migrations lay down so that raw SQL keeps the rules as well.

Used by migrations only. Every refusal is a ``restrict_violation``, which Django raises as IntegrityError.
"""

from django.db import migrations


def composite_key(child: str, column: str, parent: str, *shared: str) -> migrations.RunSQL:
    """``child.column`` together with the ``shared`` columns must be one row of ``parent``.

    So a link across tenants is impossible: the child's commissioner and organisation are the parent's.
    """
    name = f"{child}_{column}_whose"[:63]
    columns = ", ".join(shared)
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {columns}) "
        f"REFERENCES {parent} (id, {columns}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


def refuse(name: str, table: str, events: str, body: str, *, row: bool = True) -> migrations.RunSQL:
    """A BEFORE trigger with a PL/pgSQL ``body``; it returns the row unless the body raises."""
    back = "RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;" if row else "RETURN NULL;"
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {body} {back} END $$;
        CREATE TRIGGER {name} BEFORE {events} ON {table}
        FOR EACH {"ROW" if row else "STATEMENT"} EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


def violation(message: str) -> str:
    """The PL/pgSQL statement that refuses."""
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';"


def append_only(table: str) -> list[migrations.RunSQL]:
    """Rows of the table are never changed, removed or truncated, by any role."""
    no = violation(f"{table} is append-only")
    return [
        refuse(f"{table}_append_only", table, "UPDATE OR DELETE", no),
        refuse(f"{table}_no_truncate", table, "TRUNCATE", no, row=False),
    ]


def never_truncated(*tables: str) -> list[migrations.RunSQL]:
    """pghistory refuses UPDATE and DELETE on its tables; this refuses TRUNCATE as well."""
    return [refuse(f"{t}_no_truncate", t, "TRUNCATE", violation(f"{t} is append-only"), row=False) for t in tables]
