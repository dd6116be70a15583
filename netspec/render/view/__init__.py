"""The picture of `netspec view`."""

DEFAULT = "html"
