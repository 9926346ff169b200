"""What ``check`` says about the caches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastjango.conf import settings
from fastjango.core.cache import DEFAULT_CACHE_ALIAS, caches
from fastjango.core.cache.backends.filebased import FileBasedCache
from fastjango.core.checks import Error, Tags, register
from fastjango.core.checks import Warning as CheckWarning
from fastjango.core.checks.messages import CheckMessage

E001 = Error(
    f"You must define a '{DEFAULT_CACHE_ALIAS}' cache in your CACHES setting.",
    id="caches.E001",
)


@register(Tags.caches)
def check_default_cache_is_configured(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Ask for a default cache."""
    return [] if DEFAULT_CACHE_ALIAS in settings.CACHES else [E001]


@register(Tags.caches, deploy=True)
def check_cache_location_not_exposed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn about a cache in files that lie where files are served from."""
    errors: list[CheckMessage] = []
    for setting in ("MEDIA_ROOT", "STATIC_ROOT", "STATICFILES_DIRS"):
        served = getattr(settings, setting, None)
        if not served:
            continue
        if setting == "STATICFILES_DIRS":
            paths = {Path(entry[1] if isinstance(entry, list | tuple) else entry).resolve() for entry in served}
        else:
            paths = {Path(served).resolve()}
        for alias in settings.CACHES:
            cache = caches[alias]
            if not isinstance(cache, FileBasedCache):
                continue
            relation = _relation(Path(cache._dir).resolve(), paths)
            if relation:
                errors.append(
                    CheckWarning(
                        f"Your '{alias}' cache configuration might expose your cache or lead to corruption of your "
                        f"data because its LOCATION {relation} {setting}.",
                        id="caches.W002",
                    )
                )
    return errors


def _relation(cache_path: Path, paths: set[Path]) -> str | None:
    """Return how a cache lies to folders that are served."""
    if any(path == cache_path for path in paths):
        return "matches"
    if any(path in cache_path.parents for path in paths):
        return "is inside"
    if any(cache_path in path.parents for path in paths):
        return "contains"
    return None


@register(Tags.caches)
def check_file_based_cache_is_absolute(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn about a cache in files whose folder depends on where the process was started."""
    return [
        CheckWarning(
            f"Your '{alias}' cache LOCATION path is relative. Use an absolute path instead.",
            id="caches.W003",
        )
        for alias, config in settings.CACHES.items()
        if isinstance(caches[alias], FileBasedCache) and not Path(config["LOCATION"]).is_absolute()
    ]
