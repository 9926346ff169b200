"""The ASGI application of the shop: uvicorn config.asgi:app"""

import os

from fastjango import FastJango

os.environ.setdefault("FASTJANGO_SETTINGS_MODULE", "config.settings")

app = FastJango(title="FastJango shop", version="1.0")
