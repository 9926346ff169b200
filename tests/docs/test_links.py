"""Links in the documentation lead somewhere, and the walks name files and functions that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "tests" / "README.md"]
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
WALKS = [ROOT / "docs" / "internals" / "walk-request.md", ROOT / "docs" / "internals" / "walk-query.md"]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as web hosts make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("page", WALKS, ids=lambda page: page.stem)
def test_names_in_the_walks_exist_in_the_files_beside_them(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = []
    for stop in re.split(r"^\d\. |^(?=\w)", text, flags=re.MULTILINE):
        linked = [(page.parent / link).resolve() for link in LINK.findall(stop)]
        sources = " ".join(path.read_text(encoding="utf-8") for path in linked if path.suffix == ".py")
        named = [name for name in re.findall(r"`(\w+(?:\.\w+)?)`(?!\])", stop) if not name.isupper()]
        if sources:
            missing += [name for name in named if not re.search(rf"(?:def|class) {name.rpartition('.')[2]}\b", sources)]

    assert [name for name in missing if name not in NOT_OURS] == []


# Words in code letters on the walks that are no functions or classes of the files beside them.
NOT_OURS = {"author__name", "bridge", "close", "delete", "request_started", "Q", "save", "serve"}


def test_files_named_in_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:\w+/)+\w+\.py)`", text))
    source = ROOT / "src" / "fastjango"
    places = [source, source / "db" / "models"]

    assert named
    assert sorted(name for name in named if not any((place / name).exists() for place in places)) == []


def test_every_slot_of_the_architecture_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    slots = re.findall(r"^\| `([\w/]+\.py)`(?: `(\w+)`)? \|", text, re.MULTILINE)

    assert len(slots) >= 10
    for file, name in slots:
        assert name in (ROOT / "src" / "fastjango" / file).read_text(encoding="utf-8"), (file, name)


def test_every_topic_and_design_note_can_be_reached() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    topics = {f"topics/{page.name}" for page in (ROOT / "docs" / "topics").glob("*.md")}

    assert sorted(topic for topic in topics if topic not in index) == []
