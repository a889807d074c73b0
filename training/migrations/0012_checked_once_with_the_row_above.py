"""Lines and boxes of a return are checked once, with the row above; indexes that others begin with are gone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0005_homes_of_placements"),
        ("training", "0011_figure_link_part_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="askedline",
            name="commissioner",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="providers.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="askedline",
            name="figure_return",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="training.figurereturn",
            ),
        ),
        migrations.AlterField(
            model_name="askedline",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="providers.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="cell",
            name="asked",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cells",
                to="training.askedline",
            ),
        ),
        migrations.AlterField(
            model_name="cell",
            name="commissioner",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="providers.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="cell",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="providers.organisation",
            ),
        ),
    ]
