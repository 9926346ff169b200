"""One file per middleware: security, common, csrf, clickjacking, gzip, http, locale, cache."""
