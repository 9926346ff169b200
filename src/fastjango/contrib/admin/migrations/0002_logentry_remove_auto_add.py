"""A name that projects' migrations depend on; what it once changed is part of 0001_initial."""

from fastjango.db import migrations


class Migration(migrations.Migration):
    dependencies = [("admin", "0001_initial")]

    operations = []
