"""The picture of a network that `netspec view` writes."""

DEFAULT = "html"
