"""Text: case, length, parts, padding, digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text
from sqlalchemy import cast as sql_cast

from fastjango.db.models.expressions.base import compile_part
from fastjango.db.models.expressions.elements import Pieces, call, joined
from fastjango.db.models.expressions.func import Func
from fastjango.db.models.expressions.output import Output, is_field, known_field
from fastjango.db.models.expressions.values import Value
from fastjango.db.models.functions.comparison import Coalesce
from fastjango.db.models.lookups.base import Transform

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_TEXT = Text()


class VendorFunc(Func):
    """A function that has another name on some databases."""

    names: dict[str, str] = {}  # noqa: RUF012 - constants of the class

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call under the database's name."""
        return self.render(ctx, self.arguments(ctx), function=self.names.get(ctx.vendor))


class Chr(VendorFunc, Transform):
    """The character of a code point."""

    function = "CHR"
    lookup_name = "chr"
    names = {"sqlite": "CHAR"}  # noqa: RUF012
    output_field = Output("CharField")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call."""
        if ctx.vendor == "mysql":
            return Pieces("CHAR(", *self.arguments(ctx), " USING utf16)")
        return super().build_clause(ctx)


class ConcatPair(Func):
    """Two texts in a row; NULL counts as empty."""

    function = "CONCAT"

    def _parts(self, ctx: ClauseContext) -> list[Clause]:
        parts = []
        for source in self.get_source_expressions():
            clause = compile_part(source, ctx)
            field = known_field(source)
            if ctx.vendor == "postgresql" and (
                not is_field(field, "CharField", "TextField") or is_field(field, "EnumField")
            ):
                clause = sql_cast(clause, _TEXT)
            parts.append(call("COALESCE", clause, Pieces("''")))
        return parts

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the concatenation."""
        if ctx.vendor == "mysql":
            return call("CONCAT_WS", Pieces("''"), *self.arguments(ctx))
        return Pieces("(", *joined(self._parts(ctx), " || "), ")")

    def coalesce(self) -> ConcatPair:
        """Return a copy in which NULL is empty."""
        clone = self.copy()
        clone.set_source_expressions([Coalesce(part, Value("")) for part in clone.get_source_expressions()])
        return clone


class Concat(Func):
    """Texts in a row; NULL counts as empty."""

    function = None
    template = "%(expressions)s"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) < 2:
            raise ValueError("Concat must take at least two expressions")
        super().__init__(self._paired(expressions, extra.get("output_field")), **extra)

    def _paired(self, expressions: tuple[Any, ...], output_field: Any) -> ConcatPair:
        # Pairs, because some databases take two arguments only.
        if len(expressions) == 2:
            return ConcatPair(*expressions, output_field=output_field)
        return ConcatPair(expressions[0], self._paired(expressions[1:], output_field), output_field=output_field)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the concatenation."""
        return ctx.clause(self.source_expressions[0])


class Left(Func):
    """The first characters."""

    function = "LEFT"
    arity = 2
    output_field = Output("CharField")

    def __init__(self, expression: Any, length: Any, **extra: Any) -> None:
        if not hasattr(length, "resolve_expression") and length < 1:
            raise ValueError("'length' must be greater than 0.")
        super().__init__(expression, length, **extra)

    def get_substr(self) -> Substr:
        """Return the same as a substring."""
        return Substr(self.source_expressions[0], Value(1), self.source_expressions[1])

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call; SQLite has substrings only."""
        if ctx.vendor == "sqlite":
            return ctx.clause(self.get_substr())
        return super().build_clause(ctx)


class Length(VendorFunc, Transform):
    """The number of characters."""

    function = "LENGTH"
    lookup_name = "length"
    names = {"mysql": "CHAR_LENGTH"}  # noqa: RUF012
    output_field = Output("IntegerField")


class Lower(Transform):
    """In lower case."""

    function = "LOWER"
    lookup_name = "lower"


class LPad(Func):
    """Padded on the left to a length."""

    function = "LPAD"
    output_field = Output("CharField")

    def __init__(self, expression: Any, length: Any, fill_text: Any = None, **extra: Any) -> None:
        if not hasattr(length, "resolve_expression") and length is not None and length < 0:
            raise ValueError("'length' must be greater or equal to 0.")
        super().__init__(expression, length, Value(" ") if fill_text is None else fill_text, **extra)


class LTrim(Transform):
    """Without spaces on the left."""

    function = "LTRIM"
    lookup_name = "ltrim"


class MD5(Transform):
    """The MD5 digest, as hexadecimal digits."""

    function = "MD5"
    lookup_name = "md5"


class Ord(VendorFunc, Transform):
    """The code point of the first character."""

    function = "ASCII"
    lookup_name = "ord"
    names = {"mysql": "ORD", "sqlite": "UNICODE"}  # noqa: RUF012
    output_field = Output("IntegerField")


class Repeat(Func):
    """The text a number of times."""

    function = "REPEAT"
    output_field = Output("CharField")

    def __init__(self, expression: Any, number: Any, **extra: Any) -> None:
        if not hasattr(number, "resolve_expression") and number is not None and number < 0:
            raise ValueError("'number' must be greater or equal to 0.")
        super().__init__(expression, number, **extra)


class Replace(Func):
    """The text with one part replaced by another."""

    function = "REPLACE"

    def __init__(self, expression: Any, text: Any, replacement: Any = None, **extra: Any) -> None:
        super().__init__(expression, text, Value("") if replacement is None else replacement, **extra)


class Reverse(Transform):
    """The characters in reverse."""

    function = "REVERSE"
    lookup_name = "reverse"


class Right(Left):
    """The last characters."""

    function = "RIGHT"

    def get_substr(self) -> Substr:
        """Return the same as a substring."""
        source, length = self.source_expressions
        return Substr(source, _Negative(length), length)


class _Negative(Func):
    """A number with the other sign."""

    arity = 1

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return minus the number."""
        (number,) = self.arguments(ctx)
        return Pieces("(-", number.self_group(), ")")


class RPad(LPad):
    """Padded on the right to a length."""

    function = "RPAD"


class RTrim(Transform):
    """Without spaces on the right."""

    function = "RTRIM"
    lookup_name = "rtrim"


class _Digest(Transform):
    """A digest; PostgreSQL needs its extension pgcrypto for SHA-1."""

    bits = 0

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call."""
        (source,) = self.arguments(ctx)
        if ctx.vendor == "postgresql":
            if self.bits:
                digest = call(str(self.function), call("CONVERT_TO", source, Pieces("'UTF8'")))
            else:
                digest = call("DIGEST", source, Pieces(f"'{self.lookup_name}'"))
            return call("ENCODE", digest, Pieces("'hex'"))
        if ctx.vendor == "mysql" and self.bits:
            return call("SHA2", source, Pieces(str(self.bits)))
        return call(str(self.function), source)


class SHA1(_Digest):
    """The SHA-1 digest, as hexadecimal digits."""

    function = "SHA1"
    lookup_name = "sha1"


class SHA224(_Digest):
    """The SHA-224 digest, as hexadecimal digits."""

    function = "SHA224"
    lookup_name = "sha224"
    bits = 224


class SHA256(_Digest):
    """The SHA-256 digest, as hexadecimal digits."""

    function = "SHA256"
    lookup_name = "sha256"
    bits = 256


class SHA384(_Digest):
    """The SHA-384 digest, as hexadecimal digits."""

    function = "SHA384"
    lookup_name = "sha384"
    bits = 384


class SHA512(_Digest):
    """The SHA-512 digest, as hexadecimal digits."""

    function = "SHA512"
    lookup_name = "sha512"
    bits = 512


class StrIndex(VendorFunc):
    """The place of a text in another, from 1; 0 when it is not there."""

    function = "INSTR"
    arity = 2
    names = {"postgresql": "STRPOS"}  # noqa: RUF012
    output_field = Output("IntegerField")


class Substr(VendorFunc):
    """A part of the text, from a place counted from 1."""

    function = "SUBSTRING"
    names = {"sqlite": "SUBSTR"}  # noqa: RUF012
    output_field = Output("CharField")

    def __init__(self, expression: Any, pos: Any, length: Any = None, **extra: Any) -> None:
        if not hasattr(pos, "resolve_expression") and pos < 1:
            raise ValueError("'pos' must be greater than 0")
        expressions = [expression, pos]
        if length is not None:
            expressions.append(length)
        super().__init__(*expressions, **extra)


class Trim(Transform):
    """Without spaces on both sides."""

    function = "TRIM"
    lookup_name = "trim"


class Upper(Transform):
    """In upper case."""

    function = "UPPER"
    lookup_name = "upper"


__all__ = [
    "MD5",
    "SHA1",
    "SHA224",
    "SHA256",
    "SHA384",
    "SHA512",
    "Chr",
    "Concat",
    "ConcatPair",
    "LPad",
    "LTrim",
    "Left",
    "Length",
    "Lower",
    "Ord",
    "RPad",
    "RTrim",
    "Repeat",
    "Replace",
    "Reverse",
    "Right",
    "StrIndex",
    "Substr",
    "Trim",
    "Upper",
]
