"""The examples of the topic page run, one after the other."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.test import override_settings

pytestmark = pytest.mark.service("postgresql")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "topics" / "postgres.md"
MODELS, *EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def inn(rolled_back: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The names of the app that the page is about; its tables are there."""
    (tmp_path / "inn").mkdir()
    (tmp_path / "inn" / "__init__.py").touch()
    (tmp_path / "inn" / "models.py").write_text(MODELS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "inn"]):
            names = dict(sys.modules["inn.models"].__dict__)
            with rolled_back.schema_editor() as editor:
                for model in ("Room", "Booking"):
                    editor.create_model(names[model])
            yield names
    finally:
        for module in ("inn", "inn.models"):
            sys.modules.pop(module, None)
        apps.all_models.pop("inn", None)
        apps.clear_cache()


def test_the_examples_run(inn: dict[str, Any]) -> None:
    for number, example in enumerate(EXAMPLES):
        exec(compile(example, f"example {number}", "exec"), inn)  # noqa: S102 - our own page

    assert inn["Booking"].objects.get().cancelled
