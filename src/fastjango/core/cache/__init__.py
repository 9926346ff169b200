"""
The cache.

handler.py      caches, cache: by the setting CACHES
backends/       locmem, filebased, db, redis, memcached, dummy
serializers.py, codecs.py  how Python values become text and come back, without pickle
utils.py        keys of template fragments
"""

from fastjango.core.cache.backends.base import (
    BaseCache,
    CacheKeyWarning,
    InvalidCacheBackendError,
    InvalidCacheKey,
)
from fastjango.core.cache.codecs import register_codec
from fastjango.core.cache.handler import DEFAULT_CACHE_ALIAS, CacheHandler, cache, caches, close_caches

__all__ = [
    "DEFAULT_CACHE_ALIAS",
    "BaseCache",
    "CacheHandler",
    "CacheKeyWarning",
    "InvalidCacheBackendError",
    "InvalidCacheKey",
    "cache",
    "caches",
    "close_caches",
    "register_codec",
]
