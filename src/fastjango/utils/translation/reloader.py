"""The development server's part: watch catalogs, and read them again when they change."""

from __future__ import annotations

import gettext as gettext_module
from pathlib import Path
from typing import Any

from fastjango.conf import settings
from fastjango.utils.translation import trans_real
from fastjango.utils.translation.catalogs import FRAMEWORK_LOCALE_DIR, app_locale_dirs

__all__ = ["translation_file_changed", "watch_for_translation_changes"]


def watch_for_translation_changes(sender: Any, **kwargs: Any) -> None:
    """Ask the reloader *sender* to watch the catalogs of the project and of its own apps."""
    if not settings.USE_I18N:
        return
    framework = Path(FRAMEWORK_LOCALE_DIR).parents[1]
    folders = [Path("locale")]
    folders += [Path(folder) for folder in app_locale_dirs() if framework not in Path(folder).parents]
    folders += [Path(folder) for folder in settings.LOCALE_PATHS]
    for folder in folders:
        sender.watch_dir(folder, "**/*.mo")


def translation_file_changed(sender: Any, file_path: Path, **kwargs: Any) -> bool | None:
    """Forget all catalogs if *file_path* is one; ``True`` says that no restart is needed."""
    if file_path.suffix != ".mo":
        return None
    gettext_module._translations = {}  # type: ignore[attr-defined]
    trans_real.reset_translations()
    return True
