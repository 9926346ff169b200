"""Indexes of PostgreSQL's other methods: GIN, GiST, BRIN, ..., and ``OpClass``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.db.models import Func, Index
from fastjango.db.models.ddl import IndexParts
from fastjango.utils.functional import cached_property

__all__ = [
    "BTreeIndex",
    "BloomIndex",
    "BrinIndex",
    "GinIndex",
    "GistIndex",
    "HashIndex",
    "OpClass",
    "PostgresIndex",
    "SpGistIndex",
]


class PostgresIndex(Index):
    """An index whose method is its suffix; a subclass names its storage parameters in ``storage_names``."""

    storage_names: tuple[str, ...] = ()

    @cached_property
    def max_name_length(self) -> int:
        """How long the name may be: as much longer as the suffix is."""
        return Index.max_name_length - len(Index.suffix) + len(self.suffix)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement that creates the index."""
        self.check_supported(schema_editor)
        return super().create_sql(model, schema_editor, using=using, **kwargs)

    def parts(self, using: str = "") -> IndexParts:
        """Return what the index is made of."""
        return super().parts(using or self.suffix)

    def check_supported(self, schema_editor: Any) -> None:
        """Raise ``NotSupportedError`` where the server has no such index; for subclasses."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this index again."""
        path, args, kwargs = super().deconstruct()
        kwargs.update({name: value for name in self.storage_names if (value := getattr(self, name)) is not None})
        return path, args, kwargs

    def storage_options(self) -> dict[str, Any]:
        """Return the storage parameters that were given."""
        return {
            name: ("on" if value else "off") if isinstance(value, bool) else int(value)
            for name in self.storage_names
            if (value := getattr(self, name)) is not None
        }


class BloomIndex(PostgresIndex):
    """
    Signatures of many columns, for equality of any of them; needs the extension ``bloom``.

    Args:
        length: Bits of a signature, from 1 to 4096.
        columns: Bits per column, from 1 to 4095 each.
    """

    suffix = "bloom"

    def __init__(
        self, *expressions: Any, length: int | None = None, columns: Sequence[int] = (), **kwargs: Any
    ) -> None:
        super().__init__(*expressions, **kwargs)
        if len(self.fields) > 32:
            raise ValueError("Bloom indexes support a maximum of 32 fields.")
        if not isinstance(columns, list | tuple):
            raise ValueError("BloomIndex.columns must be a list or tuple.")
        if len(columns) > len(self.fields):
            raise ValueError("BloomIndex.columns cannot have more values than fields.")
        if any(not 0 < bits <= 4095 for bits in columns):
            raise ValueError("BloomIndex.columns must contain integers from 1 to 4095.")
        if length is not None and not 0 < length <= 4096:
            raise ValueError("BloomIndex.length must be None or an integer from 1 to 4096.")
        self.length = length
        self.columns = columns

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this index again."""
        path, args, kwargs = super().deconstruct()
        if self.length is not None:
            kwargs["length"] = self.length
        if self.columns:
            kwargs["columns"] = self.columns
        return path, args, kwargs

    def storage_options(self) -> dict[str, Any]:
        """Return the lengths."""
        options = {} if self.length is None else {"length": int(self.length)}
        return {**options, **{f"col{number}": int(bits) for number, bits in enumerate(self.columns, start=1)}}


class BrinIndex(PostgresIndex):
    """The least and greatest values of ranges of pages: small, for columns that follow the order of the rows."""

    suffix = "brin"
    storage_names = ("autosummarize", "pages_per_range")

    def __init__(
        self, *expressions: Any, autosummarize: bool | None = None, pages_per_range: int | None = None, **kwargs: Any
    ) -> None:
        if pages_per_range is not None and pages_per_range <= 0:
            raise ValueError("pages_per_range must be None or a positive integer")
        self.autosummarize = autosummarize
        self.pages_per_range = pages_per_range
        super().__init__(*expressions, **kwargs)


class BTreeIndex(PostgresIndex):
    """The usual index, with its parameters."""

    suffix = "btree"
    storage_names = ("fillfactor", "deduplicate_items")

    def __init__(
        self, *expressions: Any, fillfactor: int | None = None, deduplicate_items: bool | None = None, **kwargs: Any
    ) -> None:
        self.fillfactor = fillfactor
        self.deduplicate_items = deduplicate_items
        super().__init__(*expressions, **kwargs)


class GinIndex(PostgresIndex):
    """The parts of values: items of arrays, words of vectors, keys of JSON."""

    suffix = "gin"
    storage_names = ("gin_pending_list_limit", "fastupdate")

    def __init__(
        self,
        *expressions: Any,
        fastupdate: bool | None = None,
        gin_pending_list_limit: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.fastupdate = fastupdate
        self.gin_pending_list_limit = gin_pending_list_limit
        super().__init__(*expressions, **kwargs)


class GistIndex(PostgresIndex):
    """A balanced tree of what overlaps: ranges, vectors, trigrams."""

    suffix = "gist"
    storage_names = ("buffering", "fillfactor")

    def __init__(
        self, *expressions: Any, buffering: bool | None = None, fillfactor: int | None = None, **kwargs: Any
    ) -> None:
        self.buffering = buffering
        self.fillfactor = fillfactor
        super().__init__(*expressions, **kwargs)


class HashIndex(PostgresIndex):
    """Hashes, for equality alone."""

    suffix = "hash"
    storage_names = ("fillfactor",)

    def __init__(self, *expressions: Any, fillfactor: int | None = None, **kwargs: Any) -> None:
        self.fillfactor = fillfactor
        super().__init__(*expressions, **kwargs)


class SpGistIndex(PostgresIndex):
    """A tree that need not be balanced: ranges, points, prefixes."""

    suffix = "spgist"
    storage_names = ("fillfactor",)

    def __init__(self, *expressions: Any, fillfactor: int | None = None, **kwargs: Any) -> None:
        self.fillfactor = fillfactor
        super().__init__(*expressions, **kwargs)


class OpClass(Func):
    """
    An indexed expression with the class of operators that the index is for.

        GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="title_trgm")
    """

    template = "%(expressions)s %(name)s"
    constraint_validation_compatible = False

    def __init__(self, expression: Any, name: str) -> None:
        self.name = name
        super().__init__(expression, name=name)
