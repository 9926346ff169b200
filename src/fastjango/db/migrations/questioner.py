"""What the autodetector cannot know, and who answers: nobody, or the person at the terminal."""

from __future__ import annotations

import datetime
import importlib
import os
import sys
from typing import Any

from fastjango.apps import apps
from fastjango.db.migrations.loader import MigrationLoader
from fastjango.db.models import NOT_PROVIDED
from fastjango.utils import timezone
from fastjango.utils.version import get_docs_version


class _Output:
    """Standard output with the ``write(text, ending=...)`` of commands, which pass their own."""

    def write(self, msg: str = "", ending: str = "\n") -> None:
        sys.stdout.write(msg + ending)
        sys.stdout.flush()


class MigrationQuestioner:
    """Answers without asking; *defaults* are the answers."""

    def __init__(self, defaults: dict[str, Any] | None = None, specified_apps: Any = None, dry_run: Any = None) -> None:
        self.defaults = defaults or {}
        self.specified_apps = specified_apps or set()
        self.dry_run = dry_run

    def ask_initial(self, app_label: str) -> bool:
        """Whether an app without migrations should get its first one: yes, if it has an empty migrations package."""
        if app_label in self.specified_apps:
            return True
        try:
            app_config = apps.get_app_config(app_label)
        except LookupError:
            return bool(self.defaults.get("ask_initial", False))
        module_name, _ = MigrationLoader.migrations_module(app_config.label)
        if module_name is None:
            return bool(self.defaults.get("ask_initial", False))
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            return bool(self.defaults.get("ask_initial", False))
        if getattr(module, "__file__", None):
            filenames = os.listdir(os.path.dirname(str(module.__file__)))
        elif hasattr(module, "__path__"):
            if len(module.__path__) > 1:
                return False
            filenames = os.listdir(next(iter(module.__path__)))
        else:
            return False
        return not any(name.endswith(".py") for name in filenames if name != "__init__.py")

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        """A default for existing rows of a new field that may not be null; None: there is none."""
        return None

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        """The same for a field that may not be null any more; ``NOT_PROVIDED``: there are no such rows."""
        return None

    def ask_rename(self, model_name: str, old_name: str, new_name: str, field_instance: Any) -> bool:
        """Whether a field was renamed."""
        return bool(self.defaults.get("ask_rename", False))

    def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:
        """Whether a model was renamed."""
        return bool(self.defaults.get("ask_rename_model", False))

    def ask_merge(self, app_label: str) -> bool:
        """Whether two branches should be merged."""
        return bool(self.defaults.get("ask_merge", False))

    def ask_removed_value(
        self, model_name: str, field_name: str, value: str, added: Any, values: Any, null: bool
    ) -> tuple[str, Any] | None:
        """What becomes of a value that an enum loses: ``("renamed", new)``, ``("replaced", other)``; None: no row has it."""
        return None

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
        """A default for existing rows of a new ``auto_now_add`` field."""
        return None

    def ask_unique_callable_default_addition(self, field_name: str, model_name: str) -> Any:
        """Whether to go on though one call of the default would give all rows the same unique value."""
        return None


class InteractiveMigrationQuestioner(MigrationQuestioner):
    """Asks at the terminal."""

    def __init__(
        self, defaults: Any = None, specified_apps: Any = None, dry_run: Any = None, prompt_output: Any = None
    ) -> None:
        super().__init__(defaults=defaults, specified_apps=specified_apps, dry_run=dry_run)
        self.prompt_output = prompt_output or _Output()

    def _answer(self) -> str:
        """Return the next line of input; where it has ended the program does as well."""
        try:
            return input()
        except EOFError:
            self.prompt_output.write(
                "\nThe input has ended before this was answered; nothing was written."
                "\nFix: run the command at a terminal, or with --noinput and a model that leaves nothing to ask"
            )
            sys.exit(1)

    def _boolean_input(self, question: str, default: bool | None = None) -> bool:
        self.prompt_output.write(f"{question} ", ending="")
        result = self._answer()
        if not result and default is not None:
            return default
        while not result or result[0].lower() not in "yn":
            self.prompt_output.write("Please answer yes or no: ", ending="")
            result = self._answer()
        return result[0].lower() == "y"

    def _choice_input(self, question: str, choices: list[str]) -> int:
        self.prompt_output.write(f"{question}")
        for number, choice in enumerate(choices, start=1):
            self.prompt_output.write(" %s) %s" % (number, choice))
        self.prompt_output.write("Select an option: ", ending="")
        while True:
            try:
                value = int(self._answer())
            except ValueError:
                pass
            except KeyboardInterrupt:
                self.prompt_output.write("\nCancelled.")
                sys.exit(1)
            else:
                if 0 < value <= len(choices):
                    return value
            self.prompt_output.write("Please select a valid option: ", ending="")

    def _ask_default(self, default: str = "") -> Any:
        self.prompt_output.write("Please enter the default value as valid Python.")
        if default:
            self.prompt_output.write(f"Accept the default '{default}' by pressing 'Enter' or provide another value.")
        self.prompt_output.write(
            "The datetime and fastjango.utils.timezone modules are available, so it is possible to provide e.g. "
            "timezone.now as a value."
        )
        self.prompt_output.write("Type 'exit' to exit this prompt")
        while True:
            prompt = f"[default: {default}] >>> " if default else ">>> "
            self.prompt_output.write(prompt, ending="")
            try:
                code = self._answer()
            except KeyboardInterrupt:
                self.prompt_output.write("\nCancelled.")
                sys.exit(1)
            code = code or default
            if not code:
                self.prompt_output.write("Please enter some code, or 'exit' (without quotes) to exit.")
            elif code == "exit":
                sys.exit(1)
            else:
                try:
                    return eval(code, {}, {"datetime": datetime, "timezone": timezone})
                except Exception as exc:
                    self.prompt_output.write(f"{exc.__class__.__name__}: {exc}")

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        """Ask for a default."""
        if self.dry_run:
            return None
        choice = self._choice_input(
            f"It is impossible to add a non-nullable field '{field_name}' to {model_name} without specifying a default. "
            "This is because the database needs something to populate existing rows.\nPlease select a fix:",
            [
                "Provide a one-off default now (will be set on all existing rows with a null value for this column)",
                "Quit and manually define a default value in models.py.",
            ],
        )
        if choice == 2:
            sys.exit(3)
        return self._ask_default()

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        """Ask for a default, or let the person take care of null values."""
        if self.dry_run:
            return NOT_PROVIDED
        choice = self._choice_input(
            f"It is impossible to change a nullable field '{field_name}' on {model_name} to non-nullable without "
            "providing a default. This is because the database needs something to populate existing rows.\n"
            "Please select a fix:",
            [
                "Provide a one-off default now (will be set on all existing rows with a null value for this column)",
                (
                    "Ignore for now. Existing rows that contain NULL values will have to be handled manually, for example "
                    "with a RunPython or RunSQL operation."
                ),
                "Quit and manually define a default value in models.py.",
            ],
        )
        if choice == 2:
            return NOT_PROVIDED
        if choice == 3:
            sys.exit(3)
        return self._ask_default()

    def ask_rename(self, model_name: str, old_name: str, new_name: str, field_instance: Any) -> bool:
        """Ask whether a field was renamed."""
        return self._boolean_input(
            f"Was {model_name}.{old_name} renamed to {model_name}.{new_name} (a {field_instance.__class__.__name__})? [y/N]",
            False,
        )

    def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:
        """Ask whether a model was renamed."""
        return self._boolean_input(
            f"Was the model {old_model_state.app_label}.{old_model_state.name} renamed to {new_model_state.name}? [y/N]",
            False,
        )

    def ask_merge(self, app_label: str) -> bool:
        """Ask whether branches may be merged."""
        return self._boolean_input(
            "\nMerging will only work if the operations printed above do not conflict\n"
            "with each other (working on different fields or models)\n"
            "Should these migration branches be merged? [y/N]",
            False,
        )

    def ask_removed_value(
        self, model_name: str, field_name: str, value: str, added: Any, values: Any, null: bool
    ) -> tuple[str, Any] | None:
        """Ask whether a value was renamed, or what rows get in its place."""
        answers: list[tuple[str, tuple[str, Any] | None]] = [
            (f"It was renamed to '{one}'.", ("renamed", one)) for one in added
        ]
        answers += [(f"Rows that have it get '{one}'.", ("replaced", one)) for one in values]
        if null:
            answers.append(("Rows that have it get NULL.", ("replaced", None)))
        answers.append(("No row has it; the migration fails if one does.", None))
        choice = self._choice_input(
            f"The value '{value}' of {model_name}.{field_name} is gone. Please select what becomes of it:",
            [text for text, _ in answers],
        )
        return answers[choice - 1][1]

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
        """Ask for a default; now is the obvious one."""
        if self.dry_run:
            return None
        choice = self._choice_input(
            f"It is impossible to add the field '{field_name}' with 'auto_now_add=True' to {model_name} without "
            "providing a default. This is because the database needs something to populate existing rows.\n",
            [
                "Provide a one-off default now which will be set on all existing rows",
                "Quit and manually define a default value in models.py.",
            ],
        )
        if choice == 2:
            sys.exit(3)
        return self._ask_default(default="timezone.now")

    def ask_unique_callable_default_addition(self, field_name: str, model_name: str) -> Any:
        """Ask whether to go on."""
        if self.dry_run:
            return None
        choice = self._choice_input(
            f"Callable default on unique field {model_name}.{field_name} will not generate unique values upon "
            "migrating.\nPlease choose how to proceed:\n",
            [
                (
                    "Continue making this migration as the first step in writing a manual migration to generate unique "
                    "values described here: "
                    f"https://docs.djangoproject.com/en/{get_docs_version()}/howto/writing-migrations/"
                    "#migrations-that-add-unique-fields."
                ),
                "Quit and edit field options in models.py.",
            ],
        )
        if choice == 2:
            sys.exit(3)
        return None


class NonInteractiveMigrationQuestioner(MigrationQuestioner):
    """Cannot ask: says what it skipped."""

    def __init__(
        self, defaults: Any = None, specified_apps: Any = None, dry_run: Any = None, verbosity: int = 1, log: Any = None
    ) -> None:
        self.verbosity = verbosity
        self.log = log
        super().__init__(defaults=defaults, specified_apps=specified_apps, dry_run=dry_run)

    def log_lack_of_migration(self, field_name: str, model_name: str, reason: str) -> None:
        """Say that a change was left out."""
        if self.verbosity > 0 and self.log:
            self.log(f"Field '{field_name}' on model '{model_name}' not migrated: {reason}.")

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        """Give up."""
        self.log_lack_of_migration(
            field_name, model_name, "it is impossible to add a non-nullable field without specifying a default"
        )
        sys.exit(3)

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        """Leave null values to a manual migration."""
        if self.log:
            self.log(
                f"Field '{field_name}' on model '{model_name}' given a default of NOT PROVIDED and must be corrected."
            )
        return NOT_PROVIDED

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
        """Give up."""
        self.log_lack_of_migration(
            field_name,
            model_name,
            "it is impossible to add a field with 'auto_now_add=True' without specifying a default",
        )
        sys.exit(3)
