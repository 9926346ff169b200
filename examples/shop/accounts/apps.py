"""The app of users; its signal receivers are connected when it is ready."""

from fastjango.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and profiles."""

    name = "accounts"

    def ready(self) -> None:
        """Connect the receivers."""
        from accounts import signals  # noqa: F401
