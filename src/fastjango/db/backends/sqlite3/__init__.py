"""SQLite through the standard library: inline on the loop, WAL, waits for locks by awaiting."""
