"""Mail."""

import logging


class AdminEmailHandler(logging.Handler):
    pass
