"""netspec train."""


def train() -> None:
    """Train."""
