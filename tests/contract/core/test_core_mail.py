"""Mail: messages, headers, backends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fastjango.core import mail
from fastjango.core.mail.backends.locmem import EmailBackend as MemoryBackend
from fastjango.core.mail.message import sanitize_address


def test_a_message_with_html_and_attachment() -> None:
    message = mail.EmailMultiAlternatives("Hello", "text", "a@example.com", ["b@example.com"], bcc=["c@example.com"])
    message.attach_alternative("<p>text</p>", "text/html")
    message.attach("notes.txt", "inside", "text/plain")

    mime = message.message()

    assert mime["To"] == "b@example.com"
    assert mime["Bcc"] is None
    assert message.recipients() == ["b@example.com", "c@example.com"]
    assert [part.get_content_type() for part in mime.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/plain",
    ]


@pytest.mark.parametrize("header", ["Subject\nBcc: x@example.com", "Subject\rBcc: x@example.com"])
def test_newlines_cannot_add_headers(header: str) -> None:
    message = mail.EmailMessage(header, "text", "a@example.com", ["b@example.com"])

    with pytest.raises(mail.BadHeaderError, match=r"Header values can't contain newlines"):
        message.message()


def test_addresses_outside_ascii_are_encoded() -> None:
    assert sanitize_address("J\u00f6rg <joerg@ex\u00e4mple.com>", "utf-8") == (
        "=?utf-8?b?SsO2cmc=?= <joerg@xn--exmple-cua.com>"
    )


@pytest.mark.parametrize("address", ["@", "to@", "@example.com", "to@other.com@example.com", "a\n@example.com"])
def test_bad_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid address"):
        sanitize_address(address, "utf-8")


def test_recipients_must_be_a_list() -> None:
    with pytest.raises(TypeError, match='"to" argument must be a list or tuple'):
        mail.EmailMessage(to="a@example.com")


def test_nothing_is_sent_to_nobody() -> None:
    assert mail.EmailMessage("s", "b", "a@example.com", []).send() == 0


def test_sending_from_async_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    backend = MemoryBackend()

    sent = asyncio.run(mail.asend_mail("s", "b", "a@example.com", ["b@example.com"], connection=backend))

    assert sent == 1
    assert mail.outbox[0].subject == "s"


def test_messages_in_files(tmp_path: Path) -> None:
    connection = mail.get_connection("fastjango.core.mail.backends.filebased.EmailBackend", file_path=tmp_path)

    mail.send_mass_mail([("s", "b", "a@example.com", ["b@example.com"])] * 2, connection=connection)

    (file,) = tmp_path.iterdir()
    assert file.read_text().count("Subject: s") == 2
