"""``dumpdata``: write the contents of the database as a fixture, one object at a time."""

from __future__ import annotations

import gzip
import os
import warnings
from collections.abc import Iterator
from typing import Any

from fastjango.apps import apps
from fastjango.core import serializers
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.fixture_files import bz2, lzma
from fastjango.core.management.utils import parse_apps_and_model_labels
from fastjango.db import DEFAULT_DB_ALIAS, connections, router
from fastjango.db.models import Prefetch


class ProxyModelWarning(Warning):
    """A proxy model was asked for without its concrete model."""


class Command(BaseCommand):
    """Serialize models."""

    help = (
        "Output the contents of the database as a fixture of the given format (using each model's default manager "
        "unless --all is specified)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose models, format and place."""
        parser.add_argument(
            "args",
            metavar="app_label[.ModelName]",
            nargs="*",
            help="Restricts dumped data to the specified app_label or app_label.ModelName.",
        )
        parser.add_argument("--format", default="json", help="Specifies the output serialization format for fixtures.")
        parser.add_argument("--indent", type=int, help="Specifies the indent level to use when pretty-printing output.")
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a specific database to dump fixtures from. Defaults to the "default" database.',
        )
        parser.add_argument(
            "-e",
            "--exclude",
            action="append",
            default=[],
            help="An app_label or app_label.ModelName to exclude (use multiple --exclude to exclude multiple apps/models).",
        )
        parser.add_argument(
            "--natural-foreign",
            action="store_true",
            dest="use_natural_foreign_keys",
            help="Use natural foreign keys if they are available.",
        )
        parser.add_argument(
            "--natural-primary",
            action="store_true",
            dest="use_natural_primary_keys",
            help="Use natural primary keys if they are available.",
        )
        parser.add_argument(
            "-a",
            "--all",
            action="store_true",
            dest="use_base_manager",
            help="Use FastJango's base manager to dump all models stored in the database, including those that would otherwise be filtered or modified by a custom manager.",
        )
        parser.add_argument(
            "--pks",
            dest="primary_keys",
            help="Only dump objects with given primary keys. Accepts a comma-separated list of keys. This option only works when you specify one model.",
        )
        parser.add_argument("-o", "--output", help="Specifies file to which the output is written.")

    def handle(self, *app_labels: Any, **options: Any) -> None:
        """Collect the models and write them."""
        excluded_models, excluded_apps = parse_apps_and_model_labels(options["exclude"])
        primary_keys = [key.strip() for key in (options["primary_keys"] or "").split(",") if key.strip()]
        wanted = self._wanted(app_labels, excluded_apps, primary_keys)
        if options["format"] not in serializers.get_public_serializer_formats():
            try:
                serializers.get_serializer(options["format"])
            except KeyError:
                pass
            raise CommandError(f"Unknown serialization format: {options['format']}")
        models = list(self._models(wanted, excluded_models, options))
        progress, total = self._progress(models, primary_keys, options)
        self.stdout.ending = None
        stream, _path = self._open(options["output"])
        try:
            serializers.serialize(
                options["format"],
                self._objects(models, primary_keys, options),
                indent=options["indent"],
                use_natural_foreign_keys=options["use_natural_foreign_keys"],
                use_natural_primary_keys=options["use_natural_primary_keys"],
                stream=stream or self.stdout,
                progress_output=progress,
                object_count=total,
            )
        except Exception as exc:
            if options["traceback"]:
                raise
            raise CommandError(f"Unable to serialize database: {exc}") from exc
        finally:
            if stream is not None:
                stream.close()

    def _wanted(self, labels: Any, excluded_apps: set[Any], primary_keys: list[str]) -> dict[Any, Any]:
        if not labels:
            if primary_keys:
                raise CommandError("You can only use --pks option with one model")
            return {
                config: None
                for config in apps.get_app_configs()
                if config.models_module is not None and config not in excluded_apps
            }
        if len(labels) > 1 and primary_keys:
            raise CommandError("You can only use --pks option with one model")
        wanted: dict[Any, Any] = {}
        for label in labels:
            app_label, _, model_label = label.partition(".")
            try:
                config = apps.get_app_config(app_label)
            except LookupError as exc:
                raise CommandError(str(exc)) from exc
            if config.models_module is None or config in excluded_apps:
                continue
            if not model_label:
                if primary_keys:
                    raise CommandError("You can only use --pks option with one model")
                wanted[config] = None
                continue
            try:
                model = config.get_model(model_label)
            except LookupError as exc:
                raise CommandError(f"Unknown model: {app_label}.{model_label}") from exc
            chosen = wanted.setdefault(config, [])
            if chosen is not None and model not in chosen:
                chosen.append(model)
        return wanted

    def _models(self, wanted: dict[Any, Any], excluded: set[Any], options: dict[str, Any]) -> Iterator[Any]:
        # Sorted only where natural keys refer to other rows by them.
        if options["use_natural_foreign_keys"]:
            models = serializers.sort_dependencies(wanted.items(), allow_cycles=True)
        else:
            models = [
                model
                for config, chosen in wanted.items()
                for model in (config.get_models() if chosen is None else chosen)
            ]
        for model in models:
            if model in excluded or not router.allow_migrate_model(options["database"], model):
                continue
            if model._meta.proxy and model._meta.proxy_for_model not in models:
                warnings.warn(
                    f"{model._meta.label} is a proxy model and won't be serialized.",
                    category=ProxyModelWarning,
                    stacklevel=2,
                )
            if not model._meta.proxy:
                yield model

    def _queryset(self, model: Any, primary_keys: list[str], options: dict[str, Any]) -> Any:
        manager = model._base_manager if options["use_base_manager"] else model._default_manager
        queryset = manager.using(options["database"]).order_by(model._meta.pk.name)
        return queryset.filter(pk__in=primary_keys) if primary_keys else queryset

    def _objects(self, models: list[Any], primary_keys: list[str], options: dict[str, Any]) -> Iterator[Any]:
        natural = options["use_natural_foreign_keys"]
        for model in models:
            queryset = self._queryset(model, primary_keys, options)
            named = {getattr(lookup, "prefetch_to", lookup) for lookup in queryset._prefetch_related_lookups}
            for field in model._meta.many_to_many:
                if field.remote_field.through._meta.auto_created and field.name not in named:
                    queryset = queryset.prefetch_related(_keys_of(field, natural))
            yield from queryset.iterator(chunk_size=2000)

    def _progress(self, models: list[Any], primary_keys: list[str], options: dict[str, Any]) -> tuple[Any, int]:
        # A bar only where a person looks and the data goes to a file.
        if options["output"] and self.stdout.isatty() and options["verbosity"] >= 1:
            return self.stdout, sum(self._queryset(model, primary_keys, options).count() for model in models)
        return None, 0

    def _open(self, output: str | None) -> tuple[Any, str | None]:
        if not output:
            return None, None
        base, extension = os.path.splitext(output)
        openers: dict[str, Any] = {".gz": gzip.open}
        if bz2 is not None:
            openers[".bz2"] = bz2.open
        if lzma is not None:
            openers |= {".lzma": lzma.open, ".xz": lzma.open}
        if extension in (".bz2", ".lzma", ".xz", ".zip") and extension not in openers:
            warnings.warn(
                f"Unsupported file extension ({extension}). Fixtures saved in {os.path.basename(base)!r}.",
                RuntimeWarning,
                stacklevel=2,
            )
            output, extension = base, ""
        return openers.get(extension, open)(output, "wt"), output


def _keys_of(field: Any, natural: bool) -> Prefetch:
    """Return what reads the related objects of some thousand objects at once: whole ones where their natural key is written."""
    related = field.remote_field.model
    rows = related._default_manager.using(None).select_related(None)
    if not (natural and hasattr(related, "natural_key")):
        rows = rows.only("pk")
    return Prefetch(field.name, rows)
