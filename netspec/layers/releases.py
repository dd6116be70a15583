"""Arguments that newer releases of torch have and older ones do not."""

from functools import cache

from netspec.diagnostic import Fault

Release = tuple[int, int]


@cache
def installed(package: str) -> Release | None:
    """Major and minor version of a package, which is not imported; None where it is not here."""
    # Costs as much as checking a spec, so only who writes such an argument pays for it.
    from importlib.metadata import PackageNotFoundError, version

    try:
        major, minor, *_ = version(package).split(".")
    except (PackageNotFoundError, ValueError):
        return None
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else None


def needs(kind: str, name: str, since: Release) -> None:
    """Refuse an argument that came with a release of torch after the one that is installed."""
    here = installed("torch")
    if here and here < since:
        words = [".".join(map(str, release)) for release in (since, here)]
        raise Fault(
            "newer-torch", f"{kind} has {name} since torch {words[0]}, and here is {words[1]}",
            "leave it out, or install a newer torch", (name,), key=True,
        )  # fmt: skip
