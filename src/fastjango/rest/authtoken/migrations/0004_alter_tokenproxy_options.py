"""Names of the proxy."""

from fastjango.db import migrations


class Migration(migrations.Migration):
    """Gives ``TokenProxy`` its names."""

    dependencies = [("authtoken", "0003_tokenproxy")]
    operations = [
        migrations.AlterModelOptions(
            name="tokenproxy", options={"verbose_name": "Token", "verbose_name_plural": "Tokens"}
        ),
    ]
