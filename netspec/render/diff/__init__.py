"""What changed between versions of specs, as `netspec diff` says it."""

DEFAULT = "text"
