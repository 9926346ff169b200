"""
``HttpRequest``: a request with Django's face, over an ASGI scope, a WSGI environment or nothing at all.

On a scope everything is lazy: headers, ``META``, cookies, query, form and files are made when first asked for. The
handlers (``core/handlers``) subclass it, receive the body first (``body.py``) and send the request down the pipeline.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from io import BytesIO
from typing import IO, Any, cast
from urllib.parse import urljoin, urlsplit

from fastjango.conf import settings
from fastjango.core import signing
from fastjango.core.exceptions import BadRequest, DisallowedHost, ImproperlyConfigured, TooManyFilesSent
from fastjango.core.files import uploadhandler
from fastjango.http.body import read_limited, too_big
from fastjango.http.cookie import parse_cookie
from fastjango.http.headers import HttpHeaders
from fastjango.http.hosts import (
    host_validation_re,
    is_known_host,
    remember_host,
    split_domain_port,
    validate_host,
)
from fastjango.http.mediatype import MediaType
from fastjango.http.multipartparser import MultiPartParser, MultiPartParserError
from fastjango.http.querydict import QueryDict, bytes_to_text, is_text_encoding
from fastjango.utils.datastructures import ImmutableList, MultiValueDict
from fastjango.utils.encoding import escape_uri_path, iri_to_uri
from fastjango.utils.functional import cached_property
from fastjango.utils.http import parse_header_parameters

RAISE_ERROR = object()


class UnreadablePostError(OSError):
    """The body could not be read, most often because the client went away."""


class RawPostDataException(Exception):
    """``request.body`` was asked for after the body had been read as a stream."""


class HttpRequest:
    """
    A request. Made bare, it is empty and everything can be assigned.

    Differs from Django: ``headers`` and ``META`` leave out names with an underscore, as Django's servers do.
    """

    _encoding: str | None = None
    _upload_handlers: Sequence[Any] = ()
    _received: bytes | None = None
    _read_started = False
    non_picklable_attrs = frozenset(["resolver_match", "_stream"])

    scope: MutableMapping[str, Any] | None = None
    method: str | None
    path: str
    path_info: str
    resolver_match: Any
    # Put there by middleware and by other rooms.
    user: Any
    session: Any
    site: Any
    urlconf: Any
    current_app: Any
    _messages: Any
    _body: bytes

    def __init__(self) -> None:
        self.__dict__.update(
            GET=QueryDict(mutable=True),
            COOKIES={},
            META={},
            FILES=MultiValueDict(),
            content_type=None,
            content_params=None,
        )
        self.POST = QueryDict(mutable=True)
        self.path = self.path_info = ""
        self.method = None
        self.resolver_match = None

    def _set_scope(self, scope: MutableMapping[str, Any], body: bytes | IO[bytes] | None = None) -> None:
        """Stand on an ASGI scope, without reading more of it than path and method."""
        self.scope = scope
        path: str = scope["path"]
        if not path.isascii():
            # Lone surrogates are no text; some servers let them through.
            path = path.encode("utf-8", "replace").decode()
        self.path = path
        self.script_name = script_name = settings.FORCE_SCRIPT_NAME or scope.get("root_path", "")
        self.path_info = path.removeprefix(script_name) if script_name else path
        self.method = scope["method"].upper()
        self.resolver_match = None
        if body is None or isinstance(body, bytes):
            self._received = body or b""
        else:
            self.__dict__["_stream"] = body

    def __repr__(self) -> str:
        if self.method is None or not self.get_full_path():
            return f"<{type(self).__name__}>"
        return f"<{type(self).__name__}: {self.method} {self.get_full_path()!r}>"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in self.non_picklable_attrs}

    def __copy__(self) -> HttpRequest:
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> HttpRequest:
        made = copy.copy(self)
        memo[id(self)] = made
        for name, value in self.__dict__.items():
            # The server's own things, streams above all, there is only one of.
            if name in ("META", "environ"):
                made.__dict__[name] = dict(value)
            elif name != "scope" and name not in self.non_picklable_attrs:
                made.__dict__[name] = copy.deepcopy(value, memo)
        return made

    # ------------------------------------------------------------ headers

    def _joined_headers(self) -> dict[str, str]:
        """Return the scope's headers by lower-case name; repeated ones joined, doubtful ones left out."""
        found: dict[str, str] = {}
        scope = self.scope or {}
        for raw_name, raw_value in scope.get("headers", ()):
            name = raw_name.decode("latin-1").lower()
            # X_Real_IP and X-Real-IP would be one name in META: a client could forge what a proxy sets.
            if "_" in name:
                continue
            value = raw_value.decode("latin-1")
            if name in found:
                value = f"{found[name].rstrip('; ')}; {value}" if name == "cookie" else f"{found[name]},{value}"
            found[name] = value
        return found

    @cached_property
    def META(self) -> dict[str, Any]:
        """The request as a WSGI-style environment."""
        scope = self.scope or {}
        meta: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "QUERY_STRING": _decode_query(scope.get("query_string", b"")),
            "SCRIPT_NAME": self.script_name,
            "PATH_INFO": self.path_info,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
        }
        if client := scope.get("client"):
            meta["REMOTE_ADDR"] = meta["REMOTE_HOST"] = client[0]
            meta["REMOTE_PORT"] = client[1]
        host, port = scope.get("server") or ("unknown", "0")  # no port behind a socket file: the usual one
        meta["SERVER_NAME"], meta["SERVER_PORT"] = host, str(port or (443 if scope.get("scheme") == "https" else 80))
        for name, value in self._joined_headers().items():
            meta[HttpHeaders.to_wsgi_name(name)] = value
        return meta

    @cached_property
    def headers(self) -> HttpHeaders:
        """The headers, by names that ignore case."""
        if self.scope is not None and "META" not in self.__dict__:
            return HttpHeaders.from_raw(self._joined_headers().items())
        return HttpHeaders(self.META)

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        """Take type, parameters and encoding from ``CONTENT_TYPE``."""
        self._take_content_type(meta.get("CONTENT_TYPE", ""))

    def _take_content_type(self, header: str) -> None:
        try:
            content_type, parameters = parse_header_parameters(header) if header else ("", {})
        except ValueError:
            # Far too long, or in an encoding that does not exist: the body is of no known kind.
            content_type, parameters = "", {}
        self.__dict__["content_type"] = content_type
        self.__dict__["content_params"] = parameters
        if charset := parameters.get("charset"):
            if is_text_encoding(charset):
                self._encoding = charset

    def _raw_content_type(self) -> str:
        if self.scope is None or "META" in self.__dict__:
            return cast("str", self.META.get("CONTENT_TYPE", ""))
        for name, value in self.scope.get("headers", ()):
            if name.lower() == b"content-type":
                return cast("str", value.decode("latin-1"))
        return ""

    @cached_property
    def content_type(self) -> str | None:
        """The media type of the body, without parameters."""
        self._take_content_type(self._raw_content_type())
        return cast("str | None", self.__dict__["content_type"])

    @cached_property
    def content_params(self) -> dict[str, str] | None:
        """The parameters of the body's media type."""
        self._take_content_type(self._raw_content_type())
        return cast("dict[str, str] | None", self.__dict__["content_params"])

    @property
    def encoding(self) -> str | None:
        """How query and form are decoded: the body's charset, or ``None`` for ``DEFAULT_CHARSET``."""
        if "content_type" not in self.__dict__:
            self.content_type  # noqa: B018 - reading it sets the encoding
        return self._encoding

    @encoding.setter
    def encoding(self, value: str | None) -> None:
        if "content_type" not in self.__dict__:
            self.content_type  # noqa: B018 - or it would put its own charset over this one later
        self._encoding = value
        self.__dict__.pop("GET", None)
        self.__dict__.pop("_post", None)

    # ------------------------------------------------------------ what was accepted

    @cached_property
    def accepted_types(self) -> list[MediaType]:
        """The media types of the Accept header, the one the client likes best first."""
        header = self.headers.get("Accept", "*/*")
        types = [MediaType(token) for token in header.split(",") if token.strip()]
        types = [kind for kind in types if kind.quality > 0]
        return sorted(types, key=lambda kind: (kind.quality, kind.specificity), reverse=True)

    @cached_property
    def accepted_types_by_precedence(self) -> list[MediaType]:
        """The same types, the most exact first: that is the one that speaks for a type."""
        return sorted(self.accepted_types, key=lambda kind: (kind.specificity, kind.quality), reverse=True)

    def accepted_type(self, media_type: str) -> MediaType | None:
        """Return the entry of the Accept header that covers *media_type*."""
        wanted = MediaType(media_type)
        return next((kind for kind in self.accepted_types_by_precedence if wanted.match(kind)), None)

    def get_preferred_type(self, media_types: Sequence[str]) -> str | None:
        """Return which of *media_types* the client likes best, or ``None`` when it accepts none of them."""
        if not media_types or not self.accepted_types:
            return None
        chosen = [(self.accepted_types.index(kind), name) for name in media_types if (kind := self.accepted_type(name))]
        return min(chosen, key=lambda pair: pair[0])[1] if chosen else None

    def accepts(self, media_type: str) -> bool:
        """Return whether the client takes *media_type*."""
        return self.accepted_type(media_type) is not None

    # ------------------------------------------------------------ address

    def _get_raw_host(self) -> str:
        """Return the host as the client or the proxy wrote it, unchecked."""
        if self.scope is not None and "META" not in self.__dict__ and not settings.USE_X_FORWARDED_HOST:
            # One line of the scope: the whole environment need not be made for it.
            hosts = [value for name, value in self.scope["headers"] if name == b"host"]
            if len(hosts) == 1:
                return cast("str", hosts[0].decode("latin-1"))
        meta = self.META
        if settings.USE_X_FORWARDED_HOST and "HTTP_X_FORWARDED_HOST" in meta:
            return cast("str", meta["HTTP_X_FORWARDED_HOST"])
        if "HTTP_HOST" in meta:
            return cast("str", meta["HTTP_HOST"])
        host = cast("str", meta["SERVER_NAME"])
        port = self.get_port()
        return host if port == ("443" if self.is_secure() else "80") else f"{host}:{port}"

    def get_host(self) -> str:
        """
        Return the host of this request, with its port where it has one.

        Raises:
            DisallowedHost: It is malformed or not in ``ALLOWED_HOSTS``.
        """
        host = self._get_raw_host()
        allowed = settings.ALLOWED_HOSTS
        if settings.DEBUG and not allowed:
            allowed = [".localhost", "127.0.0.1", "[::1]"]
        if is_known_host(host, allowed):
            return host
        domain, _ = split_domain_port(host)
        if domain and validate_host(domain, allowed):
            remember_host(host, allowed)
            return host
        message = f"Invalid HTTP_HOST header: {host!r}."
        if domain:
            message += f" You may need to add {domain!r} to ALLOWED_HOSTS."
        else:
            message += " The domain name provided is not valid according to RFC 1034/1035."
        raise DisallowedHost(message)

    def get_port(self) -> str:
        """Return the port that was asked, as text."""
        if settings.USE_X_FORWARDED_PORT and "HTTP_X_FORWARDED_PORT" in self.META:
            return str(self.META["HTTP_X_FORWARDED_PORT"])
        return str(self.META["SERVER_PORT"])

    def get_full_path(self, force_append_slash: bool = False) -> str:
        """Return path and query, escaped."""
        return self._get_full_path(self.path, force_append_slash)

    def get_full_path_info(self, force_append_slash: bool = False) -> str:
        """Return path and query, escaped, without the script name."""
        return self._get_full_path(self.path_info, force_append_slash)

    def _get_full_path(self, path: str, force_append_slash: bool) -> str:
        slash = "/" if force_append_slash and not path.endswith("/") else ""
        query = self._query_text()
        return f"{escape_uri_path(path)}{slash}{'?' + (iri_to_uri(query) or '') if query else ''}"

    def _query_text(self) -> str:
        if self.scope is None or "META" in self.__dict__:
            return cast("str", self.META.get("QUERY_STRING", ""))
        return _decode_query(self.scope.get("query_string", b""))

    @cached_property
    def _current_scheme_host(self) -> str:
        return f"{self.scheme}://{self.get_host()}"

    def build_absolute_uri(self, location: str | None = None) -> str:
        """
        Return an address with scheme and host, from *location* or from this request's own path and query.

        Raises:
            DisallowedHost: The host is needed and not allowed.
        """
        # Two slashes in front keep a path that itself begins with two slashes from being read as a host.
        location = f"//{self.get_full_path()}" if location is None else str(location)
        bits = urlsplit(location)
        if not (bits.scheme and bits.netloc):
            plain = bits.path.startswith("/") and not bits.scheme and not bits.netloc
            if plain and "/./" not in bits.path and "/../" not in bits.path:
                location = self._current_scheme_host + location.removeprefix("//")
            else:
                location = urljoin(self._current_scheme_host + self.path, location)
        return iri_to_uri(location) or ""

    def _get_scheme(self) -> str:
        """Return the scheme as the server says it."""
        return cast("str", self.scope.get("scheme") or "http") if self.scope is not None else "http"

    @property
    def scheme(self) -> str:
        """``http`` or ``https``; a proxy's header counts where ``SECURE_PROXY_SSL_HEADER`` names it."""
        if settings.SECURE_PROXY_SSL_HEADER:
            try:
                header, secure_value = settings.SECURE_PROXY_SSL_HEADER
            except ValueError:
                raise ImproperlyConfigured(
                    "The SECURE_PROXY_SSL_HEADER setting must be a tuple containing two values."
                ) from None
            value = self.META.get(header)
            if value is not None:
                return "https" if value.split(",", 1)[0].strip() == secure_value else "http"
        return self._get_scheme()

    def is_secure(self) -> bool:
        """Return whether the request came by https."""
        return self.scheme == "https"

    # ------------------------------------------------------------ query, cookies

    @cached_property
    def GET(self) -> QueryDict:
        """The query string."""
        if self.scope is None:
            return QueryDict(self.META.get("QUERY_STRING", ""), encoding=self.encoding)
        raw = self.scope.get("query_string", b"")
        return QueryDict(raw, encoding=self.encoding)

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        """The cookies."""
        if self.scope is None or "META" in self.__dict__:
            return parse_cookie(self.META.get("HTTP_COOKIE", ""))
        lines = [value for name, value in self.scope.get("headers", ()) if name.lower() == b"cookie"]
        return parse_cookie("; ".join(line.decode("latin-1").rstrip("; ") for line in lines)) if lines else {}

    def get_signed_cookie(
        self, key: str, default: Any = RAISE_ERROR, salt: str = "", max_age: Any = None
    ) -> str | None:
        """
        Return the value of a cookie that ``set_signed_cookie()`` made.

        Args:
            default: Returned when the cookie is missing, forged or too old, in place of the error.
            max_age: Seconds, or a ``timedelta``, after which the signature is no longer good.
        Raises:
            KeyError: There is no such cookie.
            BadSignature: It was not signed by us; ``SignatureExpired`` when it is too old.
        """
        try:
            value = self.COOKIES[key]
        except KeyError:
            if default is not RAISE_ERROR:
                return cast("str | None", default)
            raise
        try:
            return self._unsign_cookie(key, value, salt, max_age)
        except signing.BadSignature:
            if default is not RAISE_ERROR:
                return cast("str | None", default)
            raise

    @staticmethod
    def _unsign_cookie(key: str, value: str, salt: str, max_age: Any) -> str:
        try:
            signer = signing.get_cookie_signer(salt=signing._cookie_signer_salt(key, salt))
            return cast("str", signer.unsign(value, max_age=max_age))
        except signing.SignatureExpired:
            raise
        except signing.BadSignature:
            if not settings.SIGNED_COOKIE_LEGACY_SALT_FALLBACK:
                raise
        signer = signing.get_cookie_signer(salt=signing._cookie_signer_legacy_salt(key, salt))
        return cast("str", signer.unsign(value, max_age=max_age))

    # ------------------------------------------------------------ form and files

    @property
    def POST(self) -> QueryDict:
        """The form of a POST body; empty for other methods and other media types."""
        if "_post" not in self.__dict__:
            self._load_post_and_files()
        return self._post

    @POST.setter
    def POST(self, value: QueryDict) -> None:
        self._post = value

    @property
    def FILES(self) -> MultiValueDict:
        """The uploaded files of a multipart form."""
        fields = self.__dict__
        if "_files" not in fields:
            if "FILES" in fields:
                return cast("MultiValueDict", fields["FILES"])
            self._load_post_and_files()
        return cast("MultiValueDict", fields["_files"])

    @FILES.setter
    def FILES(self, value: MultiValueDict) -> None:
        self.__dict__["_files" if "_files" in self.__dict__ else "FILES"] = value

    @property
    def upload_handlers(self) -> Sequence[Any]:
        """The handlers that uploaded files go through, from ``FILE_UPLOAD_HANDLERS``."""
        if not self._upload_handlers:
            self._upload_handlers = [
                uploadhandler.load_handler(handler, self) for handler in settings.FILE_UPLOAD_HANDLERS
            ]
        return self._upload_handlers

    @upload_handlers.setter
    def upload_handlers(self, upload_handlers: Sequence[Any]) -> None:
        if "_files" in self.__dict__:
            raise AttributeError("You cannot set the upload handlers after the upload has been processed.")
        self._upload_handlers = upload_handlers

    def parse_file_upload(self, META: Mapping[str, Any], post_data: Any) -> tuple[QueryDict, MultiValueDict]:
        """Return fields and files of a multipart body."""
        self.upload_handlers = ImmutableList(
            self.upload_handlers,
            warning="You cannot alter upload handlers after the upload has been processed.",
        )
        return MultiPartParser(META, post_data, self.upload_handlers, self.encoding).parse()

    def _mark_post_parse_error(self) -> None:
        self._post = QueryDict()
        self._files = MultiValueDict()

    def _load_post_and_files(self) -> None:
        """Fill form and files from the body, if it is a form at all."""
        content_type = self.content_type if self.method == "POST" else None
        if self.method == "POST" and self._read_started and not hasattr(self, "_body"):
            self._mark_post_parse_error()
        elif content_type == "multipart/form-data":
            data: Any = BytesIO(self._body) if hasattr(self, "_body") else self
            try:
                self._post, self._files = self.parse_file_upload(self.META, data)
            except (MultiPartParserError, TooManyFilesSent):
                # A second access, from an error page for one, must not fail again.
                self._mark_post_parse_error()
                raise
        elif content_type == "application/x-www-form-urlencoded":
            # Source: WHATWG URL, section 5: this type has no charset, it is UTF-8.
            if self._encoding is not None and self._encoding.lower() != "utf-8":
                raise BadRequest(
                    "HTTP requests with the 'application/x-www-form-urlencoded' content type must be UTF-8 encoded."
                )
            self._post, self._files = QueryDict(self.body, encoding="utf-8"), MultiValueDict()
        else:
            self._post, self._files = QueryDict(encoding=self.encoding), MultiValueDict()

    def close(self) -> None:
        """Close the uploaded files."""
        if "_files" in self.__dict__:
            for _, files in self._files.lists():
                for file in files:
                    file.close()

    # ------------------------------------------------------------ body

    @cached_property
    def _stream(self) -> Any:
        return BytesIO(self._received or b"")

    @property
    def body(self) -> bytes:
        """
        The whole body.

        Raises:
            RawPostDataException: It has been read as a stream already.
            RequestDataTooBig: It has more than ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes.
            UnreadablePostError: The connection broke.
        """
        if not hasattr(self, "_body"):
            if self._read_started:
                raise RawPostDataException("You cannot access body after reading from request's data stream")
            limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            # What is known beforehand is refused early; what counts is what really comes.
            if limit is not None and self._known_length() > limit:
                raise too_big()
            if self._received is not None:
                self._body = self._received
                return self._body
            try:
                self._body = read_limited(self, limit)
            finally:
                if hasattr(self._stream, "close"):
                    self._stream.close()
            self.__dict__["_stream"] = BytesIO(self._body)
        return self._body

    def _known_length(self) -> int:
        """Return how long the body is, or at least says it is."""
        if self._received is not None:
            return len(self._received)
        try:
            declared = int(self.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            declared = 0
        return max(declared, uploadhandler.remaining_size(self._stream))

    def read(self, *args: Any, **kwargs: Any) -> bytes:
        """Read from the body as from a file."""
        self._read_started = True
        try:
            return cast("bytes", self._stream.read(*args, **kwargs))
        except OSError as exc:
            raise UnreadablePostError(*exc.args) from exc

    def readline(self, *args: Any, **kwargs: Any) -> bytes:
        """Read one line of the body."""
        self._read_started = True
        try:
            return cast("bytes", self._stream.readline(*args, **kwargs))
        except OSError as exc:
            raise UnreadablePostError(*exc.args) from exc

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def readlines(self) -> list[bytes]:
        """Return the lines of the body."""
        return list(self)


def _decode_query(raw: bytes | str) -> str:
    """Return a raw query string as text; every byte means something in latin-1."""
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


__all__ = [
    "RAISE_ERROR",
    "HttpHeaders",
    "HttpRequest",
    "MediaType",
    "QueryDict",
    "RawPostDataException",
    "UnreadablePostError",
    "bytes_to_text",
    "host_validation_re",
    "split_domain_port",
    "validate_host",
]
