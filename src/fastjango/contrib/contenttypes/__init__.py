"""A row for each model, so that data can refer to models: permissions, the admin's log, generic relations."""
