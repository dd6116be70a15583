"""Where torch's own documentation has a name."""

from __future__ import annotations

_HOMES = {
    "torchvision.": "https://docs.pytorch.org/vision/stable/generated/",
    "torch.": "https://docs.pytorch.org/docs/stable/generated/",
}


def link(name: str) -> str | None:
    """The page of a name such as torch.nn.Conv2d; None where torch has no such name."""
    home = next((home for package, home in _HOMES.items() if name.startswith(package)), None)
    return home and f"{home}{name}.html"
