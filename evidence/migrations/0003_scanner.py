"""What the scanner said of a version, and when it is asked again. A refused file is opened only by a new scan."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.guards import refuse, violation


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0002_walls"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="evidenceversion",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="evidenceversion",
            name="update_update",
        ),
        migrations.AddField(
            model_name="evidenceversion",
            name="redrawn",
            field=models.BooleanField(default=False, verbose_name="drawn anew without its hidden details"),
        ),
        migrations.AddField(
            model_name="evidenceversion",
            name="scan_next_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="evidenceversion",
            name="scan_signature",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="evidenceversion",
            name="scan_tried_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="evidenceversion",
            name="scan_tries",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="evidenceversion",
            name="scan_trouble",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_answer", "it did not answer"),
                    ("too_slow", "it took too long"),
                    ("failed", "it reported an error of its own"),
                    ("unreadable", "the file could not be read from the portal’s storage"),
                    ("too_long", "the file is larger than it takes"),
                    ("too_much", "there is more inside the file than it looks through"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="evidenceversionevent",
            name="redrawn",
            field=models.BooleanField(default=False, verbose_name="drawn anew without its hidden details"),
        ),
        migrations.AddField(
            model_name="evidenceversionevent",
            name="scan_signature",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="evidenceversion",
            index=models.Index(
                condition=models.Q(("scan_state", "quarantined")), fields=["scan_next_at"], name="evidence_to_scan"
            ),
        ),
        migrations.AddIndex(
            model_name="evidenceversion",
            index=models.Index(fields=["uploaded_at"], name="evidence_uploaded"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceversion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "evidence_evidenceversionevent" ("commissioner_id", "id", "item_id", "media_type", "number", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redrawn", "reference", "scan_signature", "scan_state", "scanned_at", "sha256", "size", "storage_name", "uploaded_at", "uploaded_by_id") VALUES (NEW."commissioner_id", NEW."id", NEW."item_id", NEW."media_type", NEW."number", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."redrawn", NEW."reference", NEW."scan_signature", NEW."scan_state", NEW."scanned_at", NEW."sha256", NEW."size", NEW."storage_name", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="6c2d91e1bd76ebc948ce64a8f472b594f1569406",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9a177",
                    table="evidence_evidenceversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceversion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."commissioner_id" IS DISTINCT FROM (NEW."commissioner_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."item_id" IS DISTINCT FROM (NEW."item_id") OR OLD."media_type" IS DISTINCT FROM (NEW."media_type") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."redrawn" IS DISTINCT FROM (NEW."redrawn") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."scan_signature" IS DISTINCT FROM (NEW."scan_signature") OR OLD."scan_state" IS DISTINCT FROM (NEW."scan_state") OR OLD."scanned_at" IS DISTINCT FROM (NEW."scanned_at") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."storage_name" IS DISTINCT FROM (NEW."storage_name") OR OLD."uploaded_at" IS DISTINCT FROM (NEW."uploaded_at") OR OLD."uploaded_by_id" IS DISTINCT FROM (NEW."uploaded_by_id"))',
                    func='INSERT INTO "evidence_evidenceversionevent" ("commissioner_id", "id", "item_id", "media_type", "number", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redrawn", "reference", "scan_signature", "scan_state", "scanned_at", "sha256", "size", "storage_name", "uploaded_at", "uploaded_by_id") VALUES (NEW."commissioner_id", NEW."id", NEW."item_id", NEW."media_type", NEW."number", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."redrawn", NEW."reference", NEW."scan_signature", NEW."scan_state", NEW."scanned_at", NEW."sha256", NEW."size", NEW."storage_name", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="a4dd90c1453d211defb1e282ffe7a32aeb07c6c7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_014de",
                    table="evidence_evidenceversion",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scan_state", "infected"), models.Q(("scan_signature", ""), _negated=True)),
                    models.Q(models.Q(("scan_state", "infected"), _negated=True), ("scan_signature", "")),
                    _connector="OR",
                ),
                name="evidence_infected_with_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scan_state__in", ["clean", "infected"]), ("scanned_at__isnull", False)),
                    models.Q(("scan_state__in", ["not_scanned", "quarantined"]), ("scanned_at__isnull", True)),
                    _connector="OR",
                ),
                name="evidence_scanned_when",
            ),
        ),
        refuse(
            "evidence_refused_stays_closed",
            "evidence_evidenceversion",
            "UPDATE",
            f"""
            IF OLD.scan_state = 'infected' AND NEW.scan_state NOT IN ('infected', 'quarantined') THEN
                {violation("a refused file is opened only by another scan")}
            END IF;
            """,
        ),
    ]
