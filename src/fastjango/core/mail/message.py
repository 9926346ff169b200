"""
Messages: subject, text, recipients, attachments, and the same content in other forms.
"""

from __future__ import annotations

import mimetypes
from collections import namedtuple
from email import encoders, message_from_bytes
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from email.utils import formatdate
from pathlib import Path
from typing import Any

from fastjango.conf import settings
from fastjango.core.mail.parts import (
    ADDRESS_HEADERS,
    BadHeaderError,
    SafeMIMEMessage,
    SafeMIMEMultipart,
    SafeMIMEText,
    forbid_multi_line_headers,
    make_msgid,
    sanitize_address,
    utf8_charset,
    utf8_charset_qp,
)
from fastjango.core.mail.sending import get_connection
from fastjango.core.mail.utils import DNS_NAME
from fastjango.utils.encoding import force_bytes
from fastjango.utils.worlds import in_thread

__all__ = [
    "ADDRESS_HEADERS",
    "DEFAULT_ATTACHMENT_MIME_TYPE",
    "BadHeaderError",
    "EmailAlternative",
    "EmailAttachment",
    "EmailMessage",
    "EmailMultiAlternatives",
    "MIMEText",
    "SafeMIMEMessage",
    "SafeMIMEMultipart",
    "SafeMIMEText",
    "forbid_multi_line_headers",
    "make_msgid",
    "sanitize_address",
    "utf8_charset",
    "utf8_charset_qp",
]

# For attachments whose type cannot be told from their names.
DEFAULT_ATTACHMENT_MIME_TYPE = "application/octet-stream"

EmailAlternative = namedtuple("EmailAlternative", ["content", "mimetype"])
EmailAttachment = namedtuple("EmailAttachment", ["filename", "content", "mimetype"])


def _recipients(name: str, given: Any) -> list[Any]:
    if not given:
        return []
    if isinstance(given, str):
        raise TypeError(f'"{name}" argument must be a list or tuple')
    return list(given)


class EmailMessage:
    """
    A message.

    Args:
        from_email: ``DEFAULT_FROM_EMAIL`` by default.
        to, cc, bcc, reply_to: Lists of addresses.
        connection: The backend to send it with.
        attachments: MIME parts, or ``(filename, content, mimetype)``.
        headers: Further headers.
    """

    content_subtype = "plain"
    mixed_subtype = "mixed"
    encoding: Any = None  # DEFAULT_CHARSET when it is None

    def __init__(
        self,
        subject: Any = "",
        body: Any = "",
        from_email: str | None = None,
        to: Any = None,
        bcc: Any = None,
        connection: Any = None,
        attachments: Any = None,
        headers: Any = None,
        cc: Any = None,
        reply_to: Any = None,
    ) -> None:
        self.to = _recipients("to", to)
        self.cc = _recipients("cc", cc)
        self.bcc = _recipients("bcc", bcc)
        self.reply_to = _recipients("reply_to", reply_to)
        self.from_email: Any = from_email or settings.DEFAULT_FROM_EMAIL
        self.subject = subject
        self.body: Any = body or ""
        self.attachments: list[Any] = []
        for attachment in attachments or ():
            if isinstance(attachment, MIMEBase):
                self.attach(attachment)
            else:
                self.attach(*attachment)
        self.extra_headers: dict[str, Any] = headers or {}
        self.connection = connection

    def get_connection(self, fail_silently: bool = False) -> Any:
        """Return the backend that sends it."""
        if not self.connection:
            self.connection = get_connection(fail_silently=fail_silently)
        return self.connection

    def message(self) -> Any:
        """Return it as a MIME message, ready to be sent."""
        msg = self._create_message(SafeMIMEText(self.body, self.content_subtype, self._charset()))
        msg["Subject"] = self.subject
        msg["From"] = self.extra_headers.get("From", self.from_email)
        self._set_list_header_if_not_empty(msg, "To", self.to)
        self._set_list_header_if_not_empty(msg, "Cc", self.cc)
        self._set_list_header_if_not_empty(msg, "Reply-To", self.reply_to)
        # Header names are the same in any case (RFC 5322).
        given = {name.lower() for name in self.extra_headers}
        if "date" not in given:
            msg["Date"] = formatdate(localtime=settings.EMAIL_USE_LOCALTIME)
        if "message-id" not in given:
            msg["Message-ID"] = make_msgid(domain=str(DNS_NAME))
        for name, value in self.extra_headers.items():
            if name.lower() != "from" and not (name.title() in {"To", "Cc", "Reply-To"} and name in msg):
                msg[name] = value
        return msg

    def _charset(self) -> Any:
        return self.encoding or settings.DEFAULT_CHARSET

    def recipients(self) -> list[Any]:
        """Return all addresses that it goes to."""
        return [email for email in (*self.to, *self.cc, *self.bcc) if email]

    def send(self, fail_silently: bool = False) -> int:
        """Send it and return how many messages went out: one, or none without recipients."""
        if not self.recipients():
            # No connection is opened for nothing.
            return 0
        return self.get_connection(fail_silently).send_messages([self])  # type: ignore[no-any-return]

    async def asend(self, fail_silently: bool = False) -> int:
        """Send it from async code; the network is waited for in a worker thread."""
        return await in_thread(self.send, fail_silently)

    def attach(self, filename: Any = None, content: Any = None, mimetype: str | None = None) -> None:
        """
        Add an attachment: a MIME part, or content under a name.

        Raises:
            ValueError: Content is missing, or given beside a MIME part.
        """
        if isinstance(filename, MIMEBase):
            if content is not None or mimetype is not None:
                raise ValueError("content and mimetype must not be given when a MIMEBase instance is provided.")
            self.attachments.append(filename)
            return
        if content is None:
            raise ValueError("content must be provided.")
        guessed = mimetypes.guess_type(filename)[0] if filename else None
        mimetype = mimetype or guessed or DEFAULT_ATTACHMENT_MIME_TYPE
        if mimetype.startswith("text/") and isinstance(content, bytes):
            try:
                content = content.decode()
            except UnicodeDecodeError:
                # No text after all.
                mimetype = DEFAULT_ATTACHMENT_MIME_TYPE
        self.attachments.append(EmailAttachment(filename, content, mimetype))

    def attach_file(self, path: Any, mimetype: str | None = None) -> None:
        """Attach a file of this machine."""
        path = Path(path)
        self.attach(path.name, path.read_bytes(), mimetype)

    def _create_message(self, msg: Any) -> Any:
        return self._create_attachments(msg)

    def _create_attachments(self, msg: Any) -> Any:
        """Return *msg* with the attachments beside it."""
        if not self.attachments:
            return msg
        body = msg
        msg = SafeMIMEMultipart(_subtype=self.mixed_subtype, encoding=self._charset())
        if self.body or body.is_multipart():
            msg.attach(body)
        for attachment in self.attachments:
            msg.attach(attachment if isinstance(attachment, MIMEBase) else self._create_attachment(*attachment))
        return msg

    def _create_mime_attachment(self, content: Any, mimetype: str) -> Any:
        """Return content as a MIME part."""
        basetype, subtype = mimetype.split("/", 1)
        if basetype == "text":
            return SafeMIMEText(content, subtype, self._charset())
        if basetype == "message" and subtype == "rfc822":
            if isinstance(content, EmailMessage):
                content = content.message()
            elif not isinstance(content, Message):
                # From bytes, so that a body of eight bits keeps them.
                content = message_from_bytes(force_bytes(content))
            return SafeMIMEMessage(content, subtype)
        part = MIMEBase(basetype, subtype)
        part.set_payload(content)
        encoders.encode_base64(part)
        return part

    def _create_attachment(self, filename: Any, content: Any, mimetype: str) -> Any:
        """Return content as a MIME part with a name."""
        part = self._create_mime_attachment(content, mimetype)
        if filename:
            name: Any = filename if filename.isascii() else ("utf-8", "", filename)
            part.add_header("Content-Disposition", "attachment", filename=name)
        return part

    def _set_list_header_if_not_empty(self, msg: Any, header: str, values: list[Any]) -> None:
        """Set a header of addresses; one that was given by hand wins."""
        if values:
            msg[header] = self.extra_headers.get(header) or ", ".join(map(str, values))


class EmailMultiAlternatives(EmailMessage):
    """
    A message whose content exists in several forms, such as text and HTML.

    Args:
        alternatives: ``(content, mimetype)`` pairs.
    """

    alternative_subtype = "alternative"

    def __init__(
        self,
        subject: Any = "",
        body: Any = "",
        from_email: str | None = None,
        to: Any = None,
        bcc: Any = None,
        connection: Any = None,
        attachments: Any = None,
        headers: Any = None,
        alternatives: Any = None,
        cc: Any = None,
        reply_to: Any = None,
    ) -> None:
        super().__init__(subject, body, from_email, to, bcc, connection, attachments, headers, cc, reply_to)
        self.alternatives = [EmailAlternative(*alternative) for alternative in alternatives or ()]

    def attach_alternative(self, content: Any, mimetype: Any) -> None:
        """Add the content in another form."""
        if content is None or mimetype is None:
            raise ValueError("Both content and mimetype must be provided.")
        self.alternatives.append(EmailAlternative(content, mimetype))

    def _create_message(self, msg: Any) -> Any:
        return self._create_attachments(self._create_alternatives(msg))

    def _create_alternatives(self, msg: Any) -> Any:
        """Return *msg* with the other forms beside it."""
        if not self.alternatives:
            return msg
        body = msg
        msg = SafeMIMEMultipart(_subtype=self.alternative_subtype, encoding=self._charset())
        if self.body:
            msg.attach(body)
        for alternative in self.alternatives:
            msg.attach(self._create_mime_attachment(alternative.content, alternative.mimetype))
        return msg

    def body_contains(self, text: str) -> bool:
        """Return whether *text* stands in the body and in every other form that is text."""
        forms = [content for content, mimetype in self.alternatives if mimetype.startswith("text/")]
        return text in self.body and all(text in content for content in forms)
