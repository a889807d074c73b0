"""What supported each answer when an entry for the provider began, so that giving it back can put it back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assurance", "0008_result_papers")]

    operations = [
        migrations.AddField(
            model_name="entryonbehalf",
            name="evidence_before",
            field=models.JSONField(
                help_text="The uses of evidence as they were; null: begun before this was kept", null=True
            ),
        ),
    ]
