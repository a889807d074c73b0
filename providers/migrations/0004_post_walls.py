"""Who holds a post belongs to the body that has it, and so does the contact that gets the holder's letters."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated


class Migration(migrations.Migration):
    dependencies = [("providers", "0003_posts")]

    operations = [
        composite_key("providers_postholder", "post_id", "providers_post", "organisation_id"),
        composite_key("providers_postholder", "contact_id", "providers_contact", "organisation_id"),
        composite_key("providers_regulatorrating", "site_id", "providers_site", "organisation_id"),
        *append_only("providers_capacitystatement"),
        *never_truncated("providers_postevent", "providers_postholderevent", "providers_regulatorratingevent"),
    ]
