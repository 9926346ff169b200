"""
Writes the generated pages of ``docs/reference``: settings with their defaults, commands with their options, the names
of ``contrib.postgres``.

``python tools/reference.py`` writes them, ``--check`` fails when a page is not what the code says (a test runs it).
"""

from __future__ import annotations

import ast
import copy
import os
import sys
from argparse import SUPPRESS
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
DEFAULTS = ROOT / "src" / "fastjango" / "conf" / "global_settings.py"
sys.path.insert(0, str(ROOT))
NOTE = "<!-- Written by tools/reference.py; change the code, not this page. -->\n"
# Options that every command has.
COMMON = {
    "--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color", "--skip-checks",
}  # fmt: skip


def topics() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each topic of the defaults with its settings: name, default, comment."""
    source = DEFAULTS.read_text(encoding="utf-8")
    lines = source.splitlines()
    heads = {number: line.strip("# -") for number, line in enumerate(lines, 1) if line.startswith("# --- ")}
    found: dict[str, list[tuple[str, str, str]]] = {title: [] for title in heads.values()}
    for node in ast.parse(source).body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name) or not target.id.isupper() or target.id.startswith("_"):
            continue
        value = node.value
        title = heads[max(number for number in heads if number < node.lineno)]
        comment = lines[(node.end_lineno or node.lineno) - 1].partition("  # ")[2]
        text = " ".join(ast.unparse(value).split()) if value is not None else ""
        found[title].append((target.id, text if len(text) <= 90 else "see the source", comment))
    yield from found.items()


def settings_page() -> str:
    """Return ``settings.md``."""
    parts = [
        NOTE,
        "# Settings",
        "",
        "Every setting with its default; a settings module overrides them by name. Meanings are Django's; the last table holds",
        "the settings of our own. How settings are loaded and typed: [topics/settings.md](../topics/settings.md).",
    ]
    for title, entries in topics():
        parts += ["", f"## {title[0].upper()}{title[1:]}", "", "| setting | default | |", "|---|---|---|"]
        for name, default, comment in entries:
            parts.append(f"| `{name}` | `{default.replace('|', chr(92) + '|')}` | {comment} |")
    parts += [
        "",
        "Without a default: `ROOT_URLCONF` (needed), `SETTINGS_CLASS` (a typed form of the settings), `SITE_ID`, `EMAIL_FILE_PATH`,",
        "`MESSAGE_LEVEL`, `MESSAGE_TAGS`, `SERIALIZATION_MODULES`, `REST_FRAMEWORK`.",
    ]
    return "\n".join(parts) + "\n"


def commands_page() -> str:
    """Return ``commands.md``."""
    os.environ["FASTJANGO_SETTINGS_MODULE"] = "tests.settings"
    import fastjango
    from fastjango.core.management import get_commands, load_command_class

    fastjango.setup()
    parts = [
        NOTE,
        "# Commands",
        "",
        "`python manage.py <command>`, or `fastjango-admin <command>` with `FASTJANGO_SETTINGS_MODULE` set. Every command also",
        f"takes {', '.join(f'`{option}`' for option in sorted(COMMON - {'--skip-checks'}))}.",
        "How to write one: [topics/commands.md](../topics/commands.md).",
    ]
    for name, app in sorted(get_commands().items()):
        command = load_command_class(str(app), name)
        parser = command.create_parser("manage.py", name)
        parts += ["", f"## {name}", "", " ".join(str(command.help).split()), ""]
        for action in parser._actions:
            flags = action.option_strings or [action.metavar if isinstance(action.metavar, str) else action.dest]
            if set(flags) & COMMON or action.help is SUPPRESS:
                continue
            text = " ".join(str(action.help or "").replace("%%", "%").split())
            parts.append(f"- {', '.join(f'`{flag}`' for flag in flags)}: {text}")
        if parts[-1] == "":
            parts.pop()
    return "\n".join(parts) + "\n"


def classes_of(path: Path) -> Iterator[ast.ClassDef]:
    """Yield the public classes of a file that have a docstring."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and ast.get_docstring(node):
            yield node


def first_line(node: ast.ClassDef) -> str:
    """Return the first line of a class's docstring."""
    return (ast.get_docstring(node) or "").splitlines()[0].replace("``", "`")


def constructor(node: ast.ClassDef, file: dict[str, ast.ClassDef]) -> ast.arguments | None:
    """Return the arguments of a class's constructor, or of that of a class in the same file that it is built on."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__" and not part.decorator_list:
            return part.args
    bases = [file[ast.unparse(base)] for base in node.bases if ast.unparse(base) in file]
    return next((found for base in bases if (found := constructor(base, file)) is not None), None)


def call_of(node: ast.ClassDef, file: dict[str, ast.ClassDef]) -> str:
    """Return how a class is called, without types; its name alone where it has no constructor of its own."""
    found = constructor(node, file)
    if found is None:
        return node.name
    arguments = copy.deepcopy(found)
    arguments.args = arguments.args[1:]
    parts = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    for part in parts:
        if part is not None:
            part.annotation = None
    return f"{node.name}({ast.unparse(arguments)})"


def lookup_name(node: ast.ClassDef) -> str | None:
    """Return the name under which a lookup or transform stands in a query."""
    for part in node.body:
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "lookup_name":
            return str(ast.literal_eval(part.value))
    return None


# Path below contrib/postgres, import path, heading.
POSTGRES = (
    ("fields", "fields", "Model fields"),
    ("search.py", "search", "Search"),
    ("aggregates", "aggregates", "Aggregates"),
    ("functions.py", "functions", "Functions"),
    ("expressions.py", "expressions", "Expressions"),
    ("indexes.py", "indexes", "Indexes"),
    ("constraints.py", "constraints", "Constraints"),
    ("operations.py", "operations", "Steps of migrations"),
    ("forms", "forms", "Form fields and widgets"),
    ("validators.py", "validators", "Validators"),
)
# File below contrib/postgres -> what its lookups are of, by name; the rest under "".
LOOKUPS = {
    "lookups.py": {
        "contains": "arrays, maps, ranges",
        "contained_by": "arrays, maps, ranges",
        "overlap": "arrays, ranges",
        "has_key": "maps",
        "has_keys": "maps",
        "has_any_keys": "maps",
        "": "texts",
    },
    "fields/array_lookups.py": {"": "arrays"},
    "fields/hstore.py": {"": "maps"},
    "fields/range_lookups.py": {"contained_by": "numbers, dates, moments", "": "ranges"},
}


def postgres_page() -> str:
    """Return ``postgres.md``."""
    room = ROOT / "src" / "fastjango" / "contrib" / "postgres"
    parts = [
        NOTE,
        "# contrib.postgres",
        "",
        "Every public name of `fastjango.contrib.postgres`. How they are used: [topics/postgres.md](../topics/postgres.md).",
    ]
    for place, module, title in POSTGRES:
        files = [room / place] if place.endswith(".py") else sorted((room / place).glob("*.py"))
        made = {node.name: node for file in files for node in classes_of(file) if lookup_name(node) is None}
        public = exported(room / place if place.endswith(".py") else room / place / "__init__.py")
        parts += ["", f"## {title}", "", f"From `fastjango.contrib.postgres.{module}`.", ""]
        parts += [f"- `{call_of(node, made)}`: {first_line(node)}" for name, node in made.items() if name in public]
    parts += ["", "## Lookups and transforms", "", "| name | of | |", "|---|---|---|"]
    for place, kinds in LOOKUPS.items():
        for node in classes_of(room / place):
            name = lookup_name(node)
            if name is not None:
                parts.append(f"| `{name}` | {kinds.get(name, kinds[''])} | {first_line(node)} |")
    return "\n".join(parts) + "\n"


def exported(path: Path) -> set[str]:
    """Return the names in a file's ``__all__``."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    return {
        PAGES / "settings.md": settings_page(),
        PAGES / "commands.md": commands_page(),
        PAGES / "postgres.md": postgres_page(),
    }


def main() -> int:
    """Write the pages, or say which differ."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if "--check" in sys.argv:
            print(f"{path.relative_to(ROOT)} is not what the code says; run python tools/reference.py")
        else:
            path.write_text(pages()[path], encoding="utf-8")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
