"""History of the register cannot be truncated."""

from django.db import migrations

from accounts.guards import never_truncated


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial")]

    operations = never_truncated(
        "providers_arrangementevent",
        "providers_contactevent",
        "providers_organisationevent",
        "providers_partnershipevent",
        "providers_serviceanswerevent",
        "providers_siteevent",
        "providers_successionevent",
    )
