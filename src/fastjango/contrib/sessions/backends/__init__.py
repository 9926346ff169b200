"""Where session data lies: database, cache, both, files, the signed cookie itself."""
