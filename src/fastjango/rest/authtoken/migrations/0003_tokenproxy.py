"""The token as the admin sees it."""

from fastjango.db import migrations


class Migration(migrations.Migration):
    """Creates the proxy ``TokenProxy``."""

    dependencies = [("authtoken", "0002_auto_20160226_1747")]
    operations = [
        migrations.CreateModel(
            name="TokenProxy",
            fields=[],
            options={"verbose_name": "token", "proxy": True, "indexes": [], "constraints": []},
            bases=("authtoken.token",),
        ),
    ]
