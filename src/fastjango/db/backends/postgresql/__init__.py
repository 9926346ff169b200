"""PostgreSQL through psycopg 3: one connection class that blocks in threads and awaits in a bridge."""
