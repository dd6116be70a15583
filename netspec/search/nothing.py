"""Why a search has kept nothing."""

from __future__ import annotations

from netspec.diagnostic import value_text
from netspec.search.bounds import Bound, Figures
from netspec.search.candidates import Found, NothingKept


def why(found: Found) -> NothingKept:
    """The error that names the bound which nothing keeps, and the candidate that comes nearest."""
    search, tally = found.search, found.tally
    tried = f"{tally.tried:,} candidate{'s' * (tally.tried != 1)}"
    if not tally.sound:
        reason = tally.refused[0]
        error = reason.found
        at = f"{error.path}:{error.span.line}: " if error.span else ""
        help = error.help
        if error.code.startswith("expect-"):
            help = "--no-expect leaves out what the spec expects beside its layers"
        share = "all" if reason.number == tally.tried else f"{reason.number:,}"
        message = f"each of {tried} has an error, {share} of them {at}{error.message}"
        return NothingKept(message, help)
    if tally.nearest is None:
        message = f"none of {tried} has a single receptive field, which is to be ranked"
        return NothingKept(message, "keep to another quantity")
    never = [
        bound.text for bound, keeping in zip(search.bounds, tally.keeping, strict=True)
        if not keeping
    ]  # fmt: skip
    kept = tally.nearest.kept
    values = search.space.values(kept.point).items()
    where = ", ".join(f"{key}={value_text(value)}" for key, value in values)
    missed = [bound for bound in search.bounds if bound.lack(kept.figures)]
    nearest = ", ".join(f"{bound.quantity} {_shown(kept.figures, bound)}" for bound in missed)
    what = " and ".join(f"'{one}'" for one in never)
    if not never:
        every = " and ".join(f"'{bound.text}'" for bound in search.bounds)
        what = f"{every} together, though each is kept by some"
    message = f"none of {tried} keeps {what}"
    return NothingKept(message, f"nearest is {where} with {nearest}")


def _shown(figures: Figures, bound: Bound) -> str:
    value = getattr(figures, bound.quantity)
    if value is None or isinstance(value, tuple):
        sizes = ["-" if size is None else str(size) for size in value or ()]
        return sizes[0] if len({*sizes}) == 1 else " x ".join(sizes) or "-"
    return f"{value:,}"
