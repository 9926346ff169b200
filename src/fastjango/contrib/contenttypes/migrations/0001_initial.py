"""The table of content types."""

import fastjango.contrib.contenttypes.models
from fastjango.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ContentType",
            fields=[
                ("id", models.AutoField(verbose_name="ID", serialize=False, auto_created=True, primary_key=True)),
                ("app_label", models.CharField(max_length=100)),
                ("model", models.CharField(max_length=100, verbose_name="python model class name")),
            ],
            options={
                "db_table": "django_content_type",
                "unique_together": {("app_label", "model")},
                "verbose_name": "content type",
                "verbose_name_plural": "content types",
            },
            managers=[("objects", fastjango.contrib.contenttypes.models.ContentTypeManager())],
        ),
    ]
