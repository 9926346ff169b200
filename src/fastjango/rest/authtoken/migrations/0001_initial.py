"""The table of tokens."""

from fastjango.conf import settings
from fastjango.db import migrations, models


class Migration(migrations.Migration):
    """Creates ``Token``."""

    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                ("key", models.CharField(primary_key=True, max_length=40, serialize=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=models.CASCADE, related_name="auth_token", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
