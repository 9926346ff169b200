"""SQLAlchemy types that store exactly what Django stores, on every dialect.

Each type states its column per dialect and its two processors; the processors take and give
``None`` unchanged. They are also what a SQLAlchemy ``Session`` uses on the same tables.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import types
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.compiler import compiles

from fastjango.conf import settings
from fastjango.db.models.expressions.shape import Uncacheable, field_key
from fastjango.utils import timezone
from fastjango.utils.dateparse import parse_date, parse_datetime, parse_time
from fastjango.utils.duration import duration_microseconds

# How many results a column of decimals remembers.
KNOWN_DECIMALS = 4096

Processor = Callable[[Any], Any] | None

# How many digits a double carries: what SQLite can give back of a decimal.
_exact_decimal_from_float = decimal.Context(prec=15).create_decimal_from_float


class RawType(types.UserDefinedType[Any]):
    """A column whose type is only known as text: a field that defines ``db_type``."""

    cache_ok = True

    def __init__(self, field: Any = None) -> None:
        self.field = field

    @property
    def _static_cache_key(self) -> Any:
        # Fields of expressions are made anew with each expression.
        try:
            return type(self), None if self.field is None else field_key(self.field)
        except Uncacheable:
            return type(self), self.field

    def get_col_spec(self, **kw: Any) -> str:
        """Return a neutral type; DDL takes the text from ``field.db_type(connection)``."""
        return "text"


class Unsigned(types.TypeDecorator[int]):
    """An integer column that keeps out negative numbers where the database can say so."""

    impl = types.Integer
    cache_ok = True

    def __init__(self, size: str = "integer") -> None:
        super().__init__()
        self.size = size

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return the integer type of the dialect."""
        kind: Any = {
            "integer": types.Integer,
            "bigint": types.BigInteger,
            "smallint": types.SmallInteger,
        }[self.size]
        if dialect.name in ("mysql", "mariadb"):
            kind = {
                "integer": mysql.INTEGER,
                "bigint": mysql.BIGINT,
                "smallint": mysql.SMALLINT,
            }[self.size](unsigned=True)
        return dialect.type_descriptor(kind if not isinstance(kind, type) else kind())


class StoredType(types.TypeDecorator[Any]):
    """A type that brings its own processors and never the implementation's."""

    impl: Any = types.String
    cache_ok = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # SQLAlchemy looks for it on each class itself.
        cls.cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        """What a value of the column is."""
        return self.impl_instance.python_type

    def driver_type(self, dialect: Any) -> Any:
        """Return the SQLAlchemy type that names the column on *dialect*."""
        raise NotImplementedError

    def to_driver(self, dialect: Any) -> Processor:
        """Return the function for values on their way in, or None."""
        return None

    def from_driver(self, dialect: Any) -> Processor:
        """Return the function for values on their way out, or None."""
        return None

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return the dialect's own type object."""
        return dialect.type_descriptor(self.driver_type(dialect))

    def bind_processor(self, dialect: Any) -> Processor:
        """Return the bind processor; the implementation's is left out on purpose."""
        return self.to_driver(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Processor:
        """Return the result processor; the implementation's is left out on purpose."""
        return self.from_driver(dialect)


class AnyBoolean(StoredType):
    """``bool``: an integer on SQLite and MySQL, native on PostgreSQL."""

    impl = types.Boolean
    # `column.is_(True)` is a constant, as with SQLAlchemy's own Boolean: IS takes no parameter on PostgreSQL.
    coerce_to_is_types = (type(None), bool)

    def driver_type(self, dialect: Any) -> Any:
        """Return BOOLEAN, without the CHECK that SQLAlchemy may add."""
        return types.Boolean(create_constraint=False)

    def from_driver(self, dialect: Any) -> Processor:
        """Turn 0 and 1 into bool."""
        if dialect.name == "postgresql":
            return None

        def to_bool(value: Any) -> Any:
            if value == 1:
                return True
            if value == 0:
                return False
            return value

        to_bool.known = {0: False, 1: True}  # type: ignore[attr-defined]
        return to_bool


class ExactDecimal(StoredType):
    """``Decimal``: native numeric, or text in a column of decimal affinity on SQLite."""

    impl = types.Numeric

    def __init__(self, max_digits: int | None = None, decimal_places: int | None = None) -> None:
        super().__init__()
        self.max_digits = max_digits
        self.decimal_places = decimal_places

    def driver_type(self, dialect: Any) -> Any:
        """Return NUMERIC(max_digits, decimal_places)."""
        return types.Numeric(self.max_digits, self.decimal_places)

    def to_driver(self, dialect: Any) -> Processor:
        """Write a plain number text on SQLite; the other drivers know decimals."""
        if dialect.name != "sqlite":
            return None

        def as_text(value: Any) -> Any:
            if value is None:
                return None
            # As many digits as the value has: a number too long for the column may be asked for.
            if isinstance(value, decimal.Decimal):
                return str(value)
            return value

        return as_text

    def from_driver(self, dialect: Any) -> Processor:
        """Give a Decimal with as many places as the column has."""
        if dialect.name != "sqlite":
            return None
        if self.decimal_places is None:
            return decimal_of_number
        places = self.decimal_places
        quantum = decimal.Decimal(1).scaleb(-places)
        context = decimal.Context(prec=self.max_digits or 28)
        pattern = f"%.{places}f"
        new = decimal.Decimal

        known: dict[Any, Any] = {}

        def exact(value: Any) -> Any:
            if value is None:
                return None
            text = pattern % value if value.__class__ is float and -1e10 < value < 1e10 and places < 5 else None
            if text is not None and float(text) == value:
                found = new(text)
            else:
                # A computed number with more places is rounded by its fifteen digits: 149.925 lies in the middle.
                number = _exact_decimal_from_float(value) if value.__class__ is float else new(value)
                found = number.quantize(quantum, context=context)
            if len(known) >= KNOWN_DECIMALS:
                known.clear()
            known[value] = found
            return found

        # Prices repeat, and Decimals do not change.
        exact.known = known  # type: ignore[attr-defined]
        return exact


def decimal_of_number(value: Any) -> Any:
    """Return the Decimal of a number that SQLite computed."""
    if value is None:
        return None
    if isinstance(value, (float, int)):
        return _exact_decimal_from_float(float(value)) if isinstance(value, float) else (decimal.Decimal(value))
    return decimal.Decimal(value)


class DateText(StoredType):
    """``date``."""

    impl = types.Date

    def driver_type(self, dialect: Any) -> Any:
        """Return DATE."""
        return types.Date()

    def to_driver(self, dialect: Any) -> Processor:
        """Write ISO text on SQLite."""
        if dialect.name != "sqlite":
            return None
        return lambda value: None if value is None else str(value)

    def from_driver(self, dialect: Any) -> Processor:
        """Read ISO text on SQLite."""
        if dialect.name != "sqlite":
            return None
        read = dt.date.fromisoformat

        def to_date(value: Any) -> Any:
            if value.__class__ is str:
                try:
                    return read(value)
                except ValueError:
                    return parse_date(value)
            return value

        return to_date


class TimeText(StoredType):
    """``time`` of day, to the microsecond."""

    impl = types.Time

    def driver_type(self, dialect: Any) -> Any:
        """Return TIME; with fractions on MySQL."""
        return mysql.TIME(fsp=6) if dialect.name in ("mysql", "mariadb") else types.Time()

    def to_driver(self, dialect: Any) -> Processor:
        """Write ISO text, except on PostgreSQL; refuse a time zone."""
        native = dialect.name == "postgresql"

        def write(value: Any) -> Any:
            if value is None or native:
                return value
            if getattr(value, "tzinfo", None) is not None and timezone.is_aware(value):
                raise ValueError(f"{backend_name(dialect)} does not support timezone-aware times.")
            return str(value)

        return write

    def from_driver(self, dialect: Any) -> Processor:
        """Read text on SQLite, an interval on MySQL."""
        if dialect.name == "postgresql":
            return None

        def to_time(value: Any) -> Any:
            if value.__class__ is str:
                return parse_time(value)
            if isinstance(value, dt.timedelta):
                return (dt.datetime.min + value).time()
            return value

        return to_time


def backend_name(dialect: Any) -> str:
    """Return the backend's name as it stands in messages."""
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(dialect.name, "MySQL") + " backend"


class DateTimeText(StoredType):
    """``datetime``: UTC text on SQLite, naive UTC on MySQL, timestamptz on PostgreSQL."""

    impl = types.DateTime

    def driver_type(self, dialect: Any) -> Any:
        """Return the timestamp type of the dialect."""
        if dialect.name in ("mysql", "mariadb"):
            return mysql.DATETIME(fsp=6)
        return types.DateTime(timezone=dialect.name == "postgresql")

    def to_driver(self, dialect: Any) -> Processor:
        """See ``datetime_writer``; a Session writes UTC."""
        return datetime_writer(dialect, None)

    def from_driver(self, dialect: Any) -> Processor:
        """See ``datetime_reader``; a Session reads UTC."""
        return datetime_reader(dialect, None)


def zone_of(connection: Any) -> dt.tzinfo:
    """Return the zone in which *connection* stores naive values."""
    zone = None if connection is None else connection.timezone
    return zone if zone is not None else dt.UTC


def datetime_writer(dialect: Any, connection: Any) -> Processor:
    """Return the function that writes datetimes for *connection*."""
    if dialect.name == "postgresql":
        return None
    as_text = dialect.name == "sqlite"

    def write(value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        if value.tzinfo is not None and timezone.is_aware(value):
            if not settings.USE_TZ:
                raise ValueError(
                    f"{backend_name(dialect)} does not support timezone-aware datetimes when USE_TZ is False."
                )
            value = timezone.make_naive(value, zone_of(connection))
        return str(value) if as_text else value

    return write


def datetime_reader(dialect: Any, connection: Any) -> Processor:
    """Return the function that reads datetimes of *connection*."""
    if dialect.name == "postgresql":

        def localised(value: Any) -> Any:
            if value.__class__ is dt.datetime and value.tzinfo is not None:
                if settings.USE_TZ:
                    return value.astimezone(zone_of(connection))
                zone = zone_of(connection) if connection is not None else None
                local = timezone.get_default_timezone() if zone is None else zone
                return value.astimezone(local).replace(tzinfo=None)
            return value

        def ready_zone() -> object:
            return zone_of(connection) if settings.USE_TZ else localised

        # The zone whose moments `localised` gives back as they are; for generated readers.
        localised.ready_zone = ready_zone  # type: ignore[attr-defined]
        return localised
    read = dt.datetime.fromisoformat

    def to_datetime(value: Any) -> Any:
        if value is None:
            return None
        if value.__class__ is str:
            # Reading the offset with the text costs a tenth of replace() afterwards. An offset that is there
            # already makes the text unreadable, which the slow way mends.
            if settings.USE_TZ and zone_of(connection) is dt.UTC and len(value) > 10:
                try:
                    return read(value + "+00:00")
                except ValueError:
                    pass
            try:
                value = read(value)
            except ValueError:
                value = parse_datetime(value)
                if value is None:
                    return None
        if settings.USE_TZ and value.tzinfo is None:
            return value.replace(tzinfo=zone_of(connection))
        return value

    def utc_from_text(value: Any) -> Any:
        if value is None:
            return None
        try:
            # The letter makes a date without time and a text with an offset unreadable here.
            return read(value + "Z")
        except (TypeError, ValueError):
            return to_datetime(value)

    def prepare() -> Callable[[Any], Any]:
        return utc_from_text if reads_utc(connection) else to_datetime

    if dialect.name == "sqlite":
        to_datetime.prepare = prepare  # type: ignore[attr-defined]
        # Whose texts `datetime.fromisoformat(text + "Z")` reads, as long as reads_utc() holds.
        to_datetime.utc_texts_of = connection  # type: ignore[attr-defined]
    return to_datetime


def reads_utc(connection: Any) -> bool:
    """Tell whether naive datetimes of *connection* are in UTC and wanted with their zone."""
    zone = None if connection is None else connection.timezone
    return settings.USE_TZ and (zone is None or zone is dt.UTC)


class Microseconds(StoredType):
    """``timedelta``: an interval on PostgreSQL, else a bigint of microseconds."""

    impl = types.BigInteger

    @property
    def python_type(self) -> type[Any]:
        """What a value of the column is."""
        return dt.timedelta

    def driver_type(self, dialect: Any) -> Any:
        """Return INTERVAL or BIGINT."""
        return postgresql.INTERVAL() if dialect.name == "postgresql" else types.BigInteger()

    def to_driver(self, dialect: Any) -> Processor:
        """Count microseconds."""
        if dialect.name == "postgresql":
            return None

        def write(value: Any) -> Any:
            return duration_microseconds(value) if isinstance(value, dt.timedelta) else value

        return write

    def from_driver(self, dialect: Any) -> Processor:
        """Build the timedelta."""
        if dialect.name == "postgresql":
            return None

        def read(value: Any) -> Any:
            if value is None or isinstance(value, dt.timedelta):
                return value
            # Sums and averages on MariaDB are decimals, rounded as the server rounds them.
            if isinstance(value, decimal.Decimal):
                value = int(value.to_integral_value(decimal.ROUND_HALF_UP))
            return dt.timedelta(0, 0, value if value.__class__ is int else float(value))

        return read


def uuid_digits(value: Any) -> Any:
    """Return the digits of a UUID, also of one that is given as text with hyphens."""
    if isinstance(value, uuid.UUID):
        return value.hex
    return value.replace("-", "") if value.__class__ is str and len(value) == 36 else value


class HexUUID(StoredType):
    """``UUID``: native on PostgreSQL and newer MariaDB (which takes the digits, too), else 32 hexadecimal digits."""

    impl = types.String

    @property
    def python_type(self) -> type[Any]:
        """What a value of the column is."""
        return uuid.UUID

    def driver_type(self, dialect: Any) -> Any:
        """Return UUID or CHAR(32)."""
        return postgresql.UUID() if dialect.name == "postgresql" else types.CHAR(32)

    def to_driver(self, dialect: Any) -> Processor:
        """Write the digits."""
        if dialect.name == "postgresql":
            return None
        return uuid_digits

    def from_driver(self, dialect: Any) -> Processor:
        """Read the digits."""
        new = uuid.UUID
        return lambda value: new(value) if value.__class__ is str else value


class JSONText(StoredType):
    """JSON: jsonb on PostgreSQL, json on MySQL, text on SQLite."""

    impl = types.JSON
    should_evaluate_none = True

    def __init__(self, encoder: Any = None, decoder: Any = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def driver_type(self, dialect: Any) -> Any:
        """Return the dialect's JSON type."""
        return postgresql.JSONB() if dialect.name == "postgresql" else types.JSON()

    def to_driver(self, dialect: Any) -> Processor:
        """Write JSON text; PostgreSQL's driver wraps it with the right type."""
        encoder = self.encoder

        def dump(value: Any) -> str:
            return json.dumps(value, cls=encoder)

        if dialect.name == "postgresql":
            from psycopg.types.json import Jsonb

            return lambda value: value if isinstance(value, Jsonb) else Jsonb(value, dumps=dump)
        return dump

    def from_driver(self, dialect: Any) -> Processor:
        """Read JSON text; anything else has been read by the driver."""
        decoder = self.decoder

        def load(value: Any) -> Any:
            if not isinstance(value, (str, bytes)):
                return value
            try:
                return json.loads(value, cls=decoder)
            except json.JSONDecodeError:
                return value

        return load


class Bytes(StoredType):
    """``bytes`` in a blob."""

    impl = types.LargeBinary

    def driver_type(self, dialect: Any) -> Any:
        """Return the dialect's blob type."""
        return mysql.LONGBLOB() if dialect.name in ("mysql", "mariadb") else types.LargeBinary()

    def to_driver(self, dialect: Any) -> Processor:
        """Refuse what holds no bytes; copy a view for PyMySQL, which takes it for something else."""
        copies = dialect.name in ("mysql", "mariadb")

        def as_bytes(value: Any) -> Any:
            if value is None or value.__class__ is bytes:
                return value
            view = memoryview(value)
            return bytes(view) if copies else value

        return as_bytes


class InternetAddress(StoredType):
    """An IP address: inet on PostgreSQL, else text."""

    impl = types.String

    def driver_type(self, dialect: Any) -> Any:
        """Return INET or CHAR(39)."""
        return postgresql.INET() if dialect.name == "postgresql" else types.CHAR(39)

    def from_driver(self, dialect: Any) -> Processor:
        """Give text where the driver gives address objects."""
        if dialect.name != "postgresql":
            return None
        return lambda value: None if value is None else str(value)


@compiles(Unsigned, "sqlite")
def _unsigned_on_sqlite(type_: Unsigned, compiler: Any, **kw: Any) -> str:
    return f"{type_.size} unsigned"
