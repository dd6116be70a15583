"""One shape into another without moving an element, as Flatten and Unflatten say it."""

from __future__ import annotations

from math import prod
from typing import Any

from netspec.capture.step import NoLayer

Written = tuple[str, dict[str, Any]]
"""A kind of layer and its arguments."""


def reshaped(before: tuple[int, ...], after: tuple[int, ...]) -> list[Written]:
    """The layers that make `after` of `before`, both with the batch axis; NoLayer without any."""
    if before == after:
        return []
    if not after or before[0] != after[0]:
        raise NoLayer(
            f"makes {after} of {before}, a batch of {before[0]}: samples do not stay apart",
            "view(x.size(0), -1) keeps the batch axis",
        )
    if len(after) == 2:
        return [("Flatten", {})]
    # The axes that are the same at both ends; what is between them is joined or split.
    left = 1
    while left < min(len(before), len(after)) and before[left] == after[left]:
        left += 1
    right = 0
    while right < min(len(before), len(after)) - left and before[-1 - right] == after[-1 - right]:
        right += 1
    old, new = before[left : len(before) - right], after[left : len(after) - right]
    found: list[Written] = []
    if not old or not new:
        # Axes of one position: beside the axis to the left of them, or to the right.
        if left > 1:
            left -= 1
        else:
            right -= 1
        old, new = before[left : len(before) - right], after[left : len(after) - right]
    if not new or not old or prod(old) != prod(new):
        raise NoLayer(f"makes {after[1:]} of {before[1:]}")
    if len(old) > 1:
        end = left + len(old) - 1
        found.append(("Flatten", {"start_dim": left, "end_dim": end if right else -1}))
    if len(new) > 1:
        found.append(("Unflatten", {"dim": left, "unflattened_size": list(new)}))
    return found
