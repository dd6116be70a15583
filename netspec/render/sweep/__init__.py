"""A sweep, as `netspec sweep` shows it."""

DEFAULT = "text"
