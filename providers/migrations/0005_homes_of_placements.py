"""Which kinds of provider people are placed in is said by the category; loading what ships fills it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0004_post_walls")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="placed_in",
            field=models.BooleanField(default=False, help_text="People are placed there: in the list for placements"),
        ),
    ]
