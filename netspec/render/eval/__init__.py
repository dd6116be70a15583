"""How a network answered, as `netspec eval` says it."""

DEFAULT = "text"
