"""What an editor can set: under `netspec` in its own settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from netspec.diagnostic import SEVERITIES, listed, nearest, value_text
from netspec.pages.hints import DEFAULT, FIGURES

COMPLETIONS = ("auto", "all", "names")
LEVELS = ("off", *SEVERITIES)


class Settings(NamedTuple):
    """What is shown."""

    hints: tuple[str, ...] = DEFAULT
    """Figures at the ends of lines; none for no hints."""
    completion: str = "auto"
    """Whether layers and keywords are completed too: `all`, `names` for not, or `auto`, which is
    not where a file names a schema for a YAML server."""
    diagnostics: str = "note"
    """The least severity that is shown, or `off`."""


def read(given: Any) -> tuple[Settings, list[str]]:
    """Settings as an editor gives them, and what is wrong with them; that is as if left out."""
    if isinstance(given, dict) and "netspec" in given:
        given = given["netspec"]
    elif isinstance(given, dict) and given.keys().isdisjoint(Settings._fields):
        given = None  # what is for other servers
    if given is None:
        return Settings(), []
    if not isinstance(given, dict):
        return Settings(), [f"netspec: settings are a mapping, not {value_text(given)}"]
    faults = list(_faults(given))
    wrong = {key for key, _ in faults}
    good = {key: value for key, value in given.items() if key not in wrong}
    if "hints" in good:
        good["hints"] = tuple(good["hints"])
    return Settings(**good), [message for _, message in faults]


def _faults(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    words = {"completion": COMPLETIONS, "diagnostics": LEVELS}
    for key, value in given.items():
        if key not in Settings._fields:
            hint = nearest(key, Settings._fields) or listed(Settings._fields)
            yield key, f"netspec has no setting {key}; {hint}"
        elif key in words and value not in words[key]:
            yield key, f"netspec.{key}: not {value_text(value)}; {listed(words[key])}"
        elif key == "hints":
            if not isinstance(value, list):
                yield key, f"netspec.hints: a list, not {value_text(value)}; {listed(FIGURES)}"
            elif strange := [one for one in value if one not in FIGURES]:
                yield key, f"netspec.hints: not {value_text(strange[0])}; {listed(FIGURES)}"
