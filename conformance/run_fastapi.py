#!/usr/bin/env python
"""Measure FastJango against FastAPI's own test suite, with ``FastAPI`` replaced by ``FastJango``.

    python run_fastapi.py --setup                       # a virtual environment with what the tests need, in the cache
    python run_fastapi.py                               # stock, plain and settings, compared test by test
    python run_fastapi.py --apps stock settings -k tutorial

``stock`` is FastAPI itself, ``plain`` FastJango without settings, ``settings`` FastJango with a URLconf, and the
middleware and apps of a new project. What counts is every test that passes in the run of ``stock``; one that another
run does not collect, skips or loses has not passed. ``unpassable.toml`` (``[[fastapi]]``) has the differences that are
meant, each with its reason; they count as not passed all the same. The exit status is 1 where there are others. The suite comes from the source distribution of the installed
FastAPI; nothing of it is kept here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tomllib
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from runner import corpus, events

HOME = Path(__file__).resolve().parent
APPS = ("stock", "plain", "settings")
# Not wanted for the tests: they are about the documentation and the types of FastAPI's own code.
NOT_NEEDED = ("mypy", "ty", "ruff", "pytest-sugar", "pytest-cov")
# It asks for an older SQLAlchemy than FastJango; its tests pass with the newer one.
WITHOUT_REQUIREMENTS = ("sqlmodel",)


def environment_dir() -> Path:
    return corpus.cache_dir() / "fastapi-venv"


def default_python() -> str:
    python = environment_dir() / "bin" / "python"
    return str(python) if python.exists() else sys.executable


def installed_version(python: str) -> str:
    command = [python, "-c", "import importlib.metadata as m; print(m.version('fastapi'))"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def unpack(version: str) -> Path:
    """Return the folder of FastAPI's sources with tests; downloaded when it is not at hand."""
    target = corpus.cache_dir() / f"fastapi-{version}"
    if target.exists():
        return target
    corpus.cache_dir().mkdir(parents=True, exist_ok=True)
    folders = [Path(entry) for entry in (os.environ.get("CONFORMANCE_SDISTS"),) if entry] + [corpus.cache_dir()]
    name = f"fastapi-{version}.tar.gz"
    archive = next((folder / name for folder in folders if (folder / name).exists()), None)
    if archive is None:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "fastapi"]
        subprocess.run([*command, "--dest", str(corpus.cache_dir()), f"fastapi=={version}"], check=True)
        archive = corpus.cache_dir() / name
    with tarfile.open(archive) as opened:
        opened.extractall(corpus.cache_dir(), filter="data")
    return target


def set_up() -> None:
    """Make the virtual environment: this project, and the requirements that FastAPI names for its tests."""
    folder = environment_dir()
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--editable", f"{HOME.parent}[standard]"], check=True)
    project = tomllib.loads((unpack(installed_version(python)) / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    wanted = [*group(groups, "tests"), *project["project"]["optional-dependencies"]["all"], "orjson", "ujson"]
    plain = [one for one in wanted if name_of(one) not in NOT_NEEDED and name_of(one) not in WITHOUT_REQUIREMENTS]
    subprocess.run([*pip, *plain], check=True)
    subprocess.run([*pip, "--no-deps", *(one for one in wanted if name_of(one) in WITHOUT_REQUIREMENTS)], check=True)


def group(groups: dict[str, Any], name: str) -> list[str]:
    """Return the requirements of a dependency group and of those that it includes."""
    found: list[str] = []
    for entry in groups[name]:
        found += [entry] if isinstance(entry, str) else group(groups, entry["include-group"])
    return found


def name_of(requirement: str) -> str:
    return requirement.replace("[", " ").replace(">", " ").replace("=", " ").split()[0].lower()


def run(app: str, python: str, suite: Path, args: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Run the suite with *app* and return what became of each test, by its id."""
    log = args.out / f"{app}.events.jsonl"
    log.unlink(missing_ok=True)
    command = [python, "-m", "pytest", "-p", "runner.fastapi_plugin", "-p", "no:fastjango", "-p", "no:cacheprovider"]
    command += ["-q", "--tb=short", f"--conformance-events={log.resolve()}", *(args.tests or ["tests"])]
    if args.patterns:
        command += ["-k", " or ".join(args.patterns)]
    path = os.pathsep.join([str(HOME), str(HOME.parent / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {key: value for key, value in os.environ.items() if not key.endswith("SETTINGS_MODULE")}
    environment.update(PYTHONPATH=path, CONFORMANCE_APP=app, LANG="C.UTF-8", PYTHONDONTWRITEBYTECODE="1")
    with (args.out / f"{app}.output.txt").open("wb") as output:
        subprocess.run(
            command,
            cwd=suite,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=args.timeout,
            check=False,
        )
    written = events.read(log)
    if events.crashed(written):
        sys.exit(f"The run of {app} did not come to its end; see {args.out / app}.output.txt")
    return {event["id"]: event for event in written if event["kind"] == "test"}


def known_differences() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HOME / "unpassable.toml").read_text()).get("fastapi", [])
    return found


def reason_for(app: str, test: str, known: list[dict[str, Any]]) -> str | None:
    for entry in known:
        if app in entry["apps"] and any(fnmatchcase(test, pattern) for pattern in entry["tests"]):
            return str(entry["reason"])
    return None


def passed(results: dict[str, dict[str, Any]]) -> set[str]:
    return {test for test, event in results.items() if event["outcome"] == "pass"}


def compare(results: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return, for each application but the stock one, the tests that stock passes and it does not."""
    wanted = passed(results["stock"])
    known = known_differences()
    compared: dict[str, Any] = {}
    for app, found in results.items():
        lost = sorted(wanted - passed(found))
        explained = sum(reason_for(app, test, known) is not None for test in lost)
        nothing = {"outcome": "not collected", "message": ""}
        compared[app] = {
            "expected": len(wanted),
            "passed": len(wanted) - len(lost),
            "percent": round(100 * (len(wanted) - len(lost)) / max(len(wanted), 1), 2),
            "explained": explained,
            "differences": {
                test: {
                    "outcome": found.get(test, nothing)["outcome"],
                    "known": reason_for(app, test, known),
                    "message": found.get(test, nothing)["message"],
                }
                for test in lost
            },
        }
    return compared


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument
    add("tests", nargs="*", help="files of the suite, such as tests/test_application.py; default: all")
    add("--apps", nargs="*", choices=APPS, default=list(APPS))
    add("-k", dest="patterns", action="append", default=[], help="only tests whose name matches")
    add("--python", help="the interpreter that has what the tests need; default: the one that --setup makes")
    add("--setup", action="store_true", help="make that virtual environment, and stop")
    add("--timeout", type=int, default=1800, help="seconds for each application")
    add("--out", type=Path, default=Path("conformance-results/fastapi"), help="folder for the reports")
    return parser.parse_args(argv)


def main() -> int:
    args = parse()
    if args.setup:
        set_up()
        return 0
    python = args.python or default_python()
    suite = unpack(installed_version(python))
    args.out.mkdir(parents=True, exist_ok=True)
    apps = ["stock", *(app for app in args.apps if app != "stock")]
    results = {app: run(app, python, suite, args) for app in apps}
    compared = compare(results)
    (args.out / "results.json").write_text(json.dumps(compared, indent=1) + "\n")
    unknown = 0
    for app, row in compared.items():
        print(f"{app:9} {row['passed']:5} of {row['expected']} = {row['percent']} %, {row['explained']} explained")
        reasons = Counter(difference["known"] for difference in row["differences"].values() if difference["known"])
        for reason, count in reasons.most_common():
            print(f"  {count:4} {reason}")
        for test, difference in row["differences"].items():
            if difference["known"] is None:
                unknown += 1
                print(f"  {difference['outcome']:13} {test}")
    return 1 if unknown else 0


if __name__ == "__main__":
    raise SystemExit(main())
