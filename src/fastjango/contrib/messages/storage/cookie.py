"""Messages in a signed cookie."""

from __future__ import annotations

import binascii
import json
from typing import Any

from fastjango.conf import settings
from fastjango.contrib.messages.storage.base import BaseStorage, Message
from fastjango.core import signing
from fastjango.http import SimpleCookie
from fastjango.utils.functional import cached_property
from fastjango.utils.safestring import SafeData, mark_safe


class MessageEncoder(json.JSONEncoder):
    """Writes messages as short JSON lists."""

    message_key = "__json_message"

    def default(self, o: Any) -> Any:
        """Encode a message."""
        if isinstance(o, Message):
            # Text that was safe is safe again when it is read.
            is_safedata = 1 if isinstance(o.message, SafeData) else 0
            message = [self.message_key, is_safedata, o.level, o.message]
            if o.extra_tags is not None:
                message.append(o.extra_tags)
            return message
        return super().default(o)


class MessageDecoder(json.JSONDecoder):
    """Reads what ``MessageEncoder`` wrote."""

    def process_messages(self, obj: Any) -> Any:
        """Turn the lists back into messages, at any depth."""
        if isinstance(obj, list) and obj:
            if obj[0] == MessageEncoder.message_key:
                if obj[1]:
                    obj[3] = mark_safe(obj[3])
                return Message(*obj[2:])
            return [self.process_messages(item) for item in obj]
        if isinstance(obj, dict):
            return {key: self.process_messages(value) for key, value in obj.items()}
        return obj

    def decode(self, s: str, **kwargs: Any) -> Any:  # type: ignore[override]
        """Decode a text."""
        return self.process_messages(super().decode(s, **kwargs))


class MessagePartSerializer:
    """Joins parts that are JSON already."""

    def dumps(self, obj: Any) -> bytes:
        """Return a JSON list of the parts."""
        return ("[" + ",".join(obj) + "]").encode("latin-1")


class MessageSerializer:
    """JSON of messages, for signing."""

    def dumps(self, obj: Any) -> bytes:
        """Encode."""
        return json.dumps(obj, separators=(",", ":"), cls=MessageEncoder).encode("latin-1")

    def loads(self, data: bytes) -> Any:
        """Decode."""
        return json.loads(data.decode("latin-1"), cls=MessageDecoder)


class CookieStorage(BaseStorage):
    """Keeps as many as fit; the oldest are dropped first."""

    cookie_name = "messages"
    # Room for the cookie's attributes below the 4096 bytes that browsers allow.
    max_cookie_size = 2048
    not_finished = "__messagesnotfinished__"
    not_finished_json = json.dumps("__messagesnotfinished__")

    @cached_property
    def signer(self) -> Any:
        """Signs the cookie; most requests have neither messages nor this."""
        return signing.get_cookie_signer(salt="django.contrib.messages")

    def _get(self, *args: Any, **kwargs: Any) -> tuple[Any, bool]:
        data = self.request.COOKIES.get(self.cookie_name)
        messages = self._decode(data)
        all_retrieved = not (messages and messages[-1] == self.not_finished)
        if messages and not all_retrieved:
            messages.pop()
        return messages, all_retrieved

    def _update_cookie(self, encoded_data: str | None, response: Any) -> None:
        if encoded_data:
            response.set_cookie(
                self.cookie_name,
                encoded_data,
                domain=settings.SESSION_COOKIE_DOMAIN,
                secure=settings.SESSION_COOKIE_SECURE or None,
                httponly=settings.SESSION_COOKIE_HTTPONLY or None,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )
        else:
            response.delete_cookie(
                self.cookie_name,
                domain=settings.SESSION_COOKIE_DOMAIN,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )

    def _store(self, messages: Any, response: Any, remove_oldest: bool = True, *args: Any, **kwargs: Any) -> list[Any]:
        unstored: list[Any] = []
        serialized = MessageEncoder(separators=(",", ":"))
        parts = [serialized.encode(message) for message in messages]
        encoded = self._encode_parts(parts)
        if self.max_cookie_size:
            cookie = SimpleCookie()
            while parts and len(cookie.value_encode(encoded or "")[1]) > self.max_cookie_size:
                position = 0 if remove_oldest else -1
                if remove_oldest:
                    unstored.append(messages[len(unstored)])
                else:
                    unstored.insert(0, messages[len(parts) - 1])
                parts.pop(position)
                encoded = self._encode_parts([*parts, self.not_finished_json])
        self._update_cookie(encoded, response)
        return unstored

    def _encode_parts(self, parts: list[str], encode_empty: bool = False) -> str | None:
        if parts or encode_empty:
            return str(self.signer.sign_object(parts, serializer=MessagePartSerializer, compress=True))
        return None

    def _encode(self, messages: Any, encode_empty: bool = False) -> str | None:
        """Return the signed text of messages."""
        encoder = MessageEncoder(separators=(",", ":"))
        return self._encode_parts([encoder.encode(message) for message in messages], encode_empty)

    def _decode(self, data: str | None) -> Any:
        """Return the messages of a signed text; None when the signature is wrong."""
        if not data:
            return None
        try:
            return self.signer.unsign_object(data, serializer=MessageSerializer)
        except (signing.BadSignature, binascii.Error, json.JSONDecodeError):
            # What cannot be read is removed from the browser.
            self.used = True
            return None
