"""A learning rate range test, as `netspec lr-find` says it."""

DEFAULT = "text"
