"""A name that projects' migrations depend on; what it once changed is part of 0001_initial."""

from fastjango.db import migrations


class Migration(migrations.Migration):
    dependencies = [("auth", "0008_alter_user_username_max_length")]

    operations = []
