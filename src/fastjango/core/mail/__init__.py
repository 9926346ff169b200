"""
Mail.

message.py, parts.py, address.py  messages and what they are made of
sending.py                        send_mail() and its kin
backends/                         where messages go: smtp, console, file, memory, nowhere
log_handler.py                    errors mailed to the admins
"""

# What tests and backends find here too.
from fastjango.core.mail.message import (
    DEFAULT_ATTACHMENT_MIME_TYPE,
    EmailAlternative,
    EmailAttachment,
    EmailMessage,
    EmailMultiAlternatives,
)
from fastjango.core.mail.parts import (
    BadHeaderError,
    SafeMIMEMultipart,
    SafeMIMEText,
    forbid_multi_line_headers,
    make_msgid,
)
from fastjango.core.mail.sending import (
    amail_admins,
    amail_managers,
    asend_mail,
    asend_mass_mail,
    get_connection,
    mail_admins,
    mail_managers,
    send_mail,
    send_mass_mail,
)
from fastjango.core.mail.utils import DNS_NAME, CachedDnsName

# What the memory backend has kept; it is there only after the first use.
outbox: list[EmailMessage]

__all__ = [
    "DEFAULT_ATTACHMENT_MIME_TYPE",
    "DNS_NAME",
    "BadHeaderError",
    "CachedDnsName",
    "EmailAlternative",
    "EmailAttachment",
    "EmailMessage",
    "EmailMultiAlternatives",
    "SafeMIMEMultipart",
    "SafeMIMEText",
    "amail_admins",
    "amail_managers",
    "asend_mail",
    "asend_mass_mail",
    "forbid_multi_line_headers",
    "get_connection",
    "mail_admins",
    "mail_managers",
    "make_msgid",
    "send_mail",
    "send_mass_mail",
]
