"""A backend that sends messages by SMTP."""

from __future__ import annotations

import smtplib
import ssl
import threading
from typing import Any

from fastjango.conf import settings
from fastjango.core.mail.address import sanitize_address
from fastjango.core.mail.backends.base import BaseEmailBackend
from fastjango.core.mail.utils import DNS_NAME
from fastjango.utils.functional import cached_property


class EmailBackend(BaseEmailBackend):
    """
    Sends messages through one SMTP connection; each argument takes the place of its setting ``EMAIL_*``.

    Raises:
        ValueError: TLS and SSL are asked for at once.
    """

    def __init__(
        self,
        host: str | None = None,
        port: int | None = None,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool | None = None,
        fail_silently: bool = False,
        use_ssl: bool | None = None,
        timeout: float | None = None,
        ssl_keyfile: str | None = None,
        ssl_certfile: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fail_silently=fail_silently)
        self.host = host or settings.EMAIL_HOST
        self.port = port or settings.EMAIL_PORT
        self.username = settings.EMAIL_HOST_USER if username is None else username
        self.password = settings.EMAIL_HOST_PASSWORD if password is None else password
        self.use_tls = settings.EMAIL_USE_TLS if use_tls is None else use_tls
        self.use_ssl = settings.EMAIL_USE_SSL if use_ssl is None else use_ssl
        self.timeout = settings.EMAIL_TIMEOUT if timeout is None else timeout
        self.ssl_keyfile = settings.EMAIL_SSL_KEYFILE if ssl_keyfile is None else ssl_keyfile
        self.ssl_certfile = settings.EMAIL_SSL_CERTFILE if ssl_certfile is None else ssl_certfile
        if self.use_ssl and self.use_tls:
            raise ValueError(
                "EMAIL_USE_TLS/EMAIL_USE_SSL are mutually exclusive, so only set one of those settings to True."
            )
        self.connection: Any = None
        # Connected, but not logged in yet, or refused: nothing may be sent through it.
        self._partial_connection: Any = None
        self._lock = threading.RLock()

    @property
    def connection_class(self) -> Any:
        """The class of the connection."""
        return smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """The context of TLS; with a client certificate it trusts the server unseen, as before."""
        if not (self.ssl_certfile or self.ssl_keyfile):
            return ssl.create_default_context()
        context = ssl.SSLContext(protocol=ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)
        return context

    def open(self) -> Any:
        """Connect and log in; False when a connection is open already, None when it failed silently."""
        if self.connection:
            return False
        # The name is asked for here, where it is cached.
        params: dict[str, Any] = {"local_hostname": DNS_NAME.get_fqdn()}
        if self.timeout is not None:
            params["timeout"] = self.timeout
        if self.use_ssl:
            params["context"] = self.ssl_context
        self._close(self._partial_connection)
        try:
            self._partial_connection = self.connection_class(self.host, self.port, **params)
            if not self.use_ssl and self.use_tls:
                self._partial_connection.starttls(context=self.ssl_context)
            if self.username and self.password:
                self._partial_connection.login(self.username, self.password)
        except OSError:
            if not self.fail_silently:
                raise
            return None
        self.connection, self._partial_connection = self._partial_connection, None
        return True

    def close(self) -> None:
        """Say good-bye and close the connection."""
        try:
            self._close(self.connection)
        finally:
            self.connection = None
            try:
                self._close(self._partial_connection)
            finally:
                self._partial_connection = None

    def _close(self, connection: Any) -> None:
        if connection is None:
            return
        try:
            connection.quit()
        except (ssl.SSLError, smtplib.SMTPServerDisconnected):
            # The server was faster.
            connection.close()
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise

    def send_messages(self, email_messages: Any) -> Any:
        """Send messages and return how many went out."""
        if not email_messages:
            return 0
        with self._lock:
            is_new = self.open()
            if not self.connection or is_new is None:
                return 0
            try:
                return sum(bool(self._send(message)) for message in email_messages)
            finally:
                if is_new:
                    self.close()

    def _send(self, email_message: Any) -> bool:
        """Send one message; False when it has no recipients or failed silently."""
        if not email_message.recipients():
            return False
        encoding = email_message.encoding or settings.DEFAULT_CHARSET
        sender = sanitize_address(email_message.from_email, encoding)
        recipients = [sanitize_address(address, encoding) for address in email_message.recipients()]
        message = email_message.message()
        try:
            self.connection.sendmail(sender, recipients, message.as_bytes(linesep="\r\n"))
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
            return False
        return True
