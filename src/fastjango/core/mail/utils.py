"""The name of this machine, for message ids; asked once, because the DNS may be slow."""

from __future__ import annotations

import socket

from fastjango.utils.encoding import punycode


class CachedDnsName:
    """This machine's full name in ASCII."""

    _fqdn: str

    def __str__(self) -> str:
        return self.get_fqdn()

    def get_fqdn(self) -> str:
        """Return the name."""
        if not hasattr(self, "_fqdn"):
            self._fqdn = punycode(socket.getfqdn())
        return self._fqdn


DNS_NAME = CachedDnsName()
