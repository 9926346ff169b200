"""What ``check --deploy`` says about safety: base.py, csrf.py, sessions.py."""
