"""Several sites from one database: a row with domain and name each."""
