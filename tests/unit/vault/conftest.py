"""The real keyring of `tests.support.secret_service`."""

from tests.support.secret_service import bus, gnome_keyring

__all__ = ["bus", "gnome_keyring"]
