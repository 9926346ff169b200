"""Settings about files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastjango.conf import settings
from fastjango.core.checks.messages import CheckMessage, Error
from fastjango.core.checks.registry import Tags, register


@register(Tags.files)
def check_setting_file_upload_temp_dir(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a folder for uploads that is not there."""
    folder = getattr(settings, "FILE_UPLOAD_TEMP_DIR", None)
    if not folder or Path(folder).is_dir():
        return []
    return [
        Error(
            f"The FILE_UPLOAD_TEMP_DIR setting refers to the nonexistent directory '{folder}'.",
            id="files.E001",
        )
    ]
