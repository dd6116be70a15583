"""What images show, as `netspec predict` says it."""

DEFAULT = "text"
