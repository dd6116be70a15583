"""Where something is, what was found there, and the errors every room of netspec raises."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, Self

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the worst."""
Path = tuple[str | int, ...]


class Span(NamedTuple):
    """A stretch of a file; lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Edit(NamedTuple):
    """What to write in place of a stretch of a file, or at it where it has no length."""

    span: Span
    text: str


class Fix(NamedTuple):
    """A way out as exact edits of the file, which do not overlap; everything else stays."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True
    """Whether the network stays as it is, and so does what its author expects of it and says."""


class Diagnostic(NamedTuple):
    """One finding: what is wrong, where, and a way out."""

    code: str
    message: str
    severity: Severity = "error"
    help: str | None = None
    path: str | None = None
    span: Span | None = None
    layer: str | None = None
    """Module path of the layer it is about, in the built network."""
    trace: tuple[tuple[str, Span], ...] = ()
    """Uses of blocks that led here, innermost first: the block, and where it is used."""
    fix: Fix | None = None
    """The way out, where it is one exact edit."""

    def text(self, both: str = "{}\nhelp: {}", shown: Callable[[str], str] = str) -> str:
        """The message and, where there is one, the way out, as `both` joins them.

        `shown` makes each safe for where it goes.
        """
        message = shown(self.message)
        return both.format(message, shown(self.help)) if self.help else message


class NetspecError(Exception):
    """Anything netspec refuses; `exit_code` is what the command line ends with."""

    exit_code = 3

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


class UsageError(NetspecError):
    """The command was used wrongly, or a file it names cannot be read."""

    exit_code = 2


class SpecError(NetspecError):
    """A spec with errors.

    `diagnostics` lists them in the order of the file; `text` is what they are about, as far as it
    can be shown.
    """

    exit_code = 1

    def __init__(self, diagnostics: list[Diagnostic], text: str | None) -> None:
        first = diagnostics[0]
        at = f"{first.path}:{first.span.line}:{first.span.column}: " if first.span else ""
        more = f" (and {len(diagnostics) - 1} more)" if len(diagnostics) > 1 else ""
        super().__init__(f"{at}{first.message}{more}", first.help)
        self.diagnostics, self.text = diagnostics, text


class Change(NamedTuple):
    """What would mend a fault, by place: path and text are added with the fault's own."""

    do: Literal["rename", "replace", "remove", "bare", "retype"]
    """To put another word or another value there, to take a key or an item away, to leave a key
    without its value, or to give an entry another name and other arguments."""
    old: str = ""
    """The word that is there."""
    new: Any = None
    safe: bool = True
    at: Path | None = None
    """Where, below the place at which the fault is met; None for the fault's own place."""


class Way(str):
    """A help line that comes down to one change."""

    __slots__ = ("change",)

    def __new__(cls, text: str, change: Change) -> Self:
        way = super().__new__(cls, text)
        way.change = change
        return way

    change: Change


class Fault(Exception):
    """A fact found deep inside, where no place is known: the compiler adds path and span once.

    `at` names what is to blame below the current place, such as `("kernel_size",)`; with `key` it
    is the key there, not its value.
    """

    def __init__(
        self, code: str, message: str, help: str | None = None, at: Path = (), *, key: bool = False
    ) -> None:
        message, help = short(message, MAX_MESSAGE), help and short(help, MAX_MESSAGE)
        super().__init__(message)
        self.code, self.message, self.help, self.at, self.key = code, message, help, at, key


class Follows(Fault):
    """What is only wrong because of a mistake that has been reported: nobody is told of it."""

    def __init__(self) -> None:
        super().__init__("follows", "follows from another mistake")


MAX_WORD = 60
"""Characters from which a stranger's word is nobody's misspelling."""
MAX_MESSAGE = 400
"""Characters of a message, whatever a file makes it repeat."""
_MAX_CANDIDATES = 300
_MAX_LISTED = 30


def short(text: str, most: int = 40) -> str:
    """A text, cut where it is longer than a message can be."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


_SURE, _AHEAD = 0.8, 0.05
"""How like a word the nearest one is where nobody doubts it, and how much more than the next."""


def nearest(word: str, known: Iterable[str]) -> Way | None:
    """A help line that names the known word nearest to `word`, or None."""
    if len(word) > MAX_WORD:
        return None
    from difflib import SequenceMatcher, get_close_matches

    # A word of less than half the letters is never that near.
    lower = {
        name.lower(): name
        for name in known
        if 3 * len(word) <= 7 * len(name) and 3 * len(name) <= 7 * len(word)
    }
    if len(lower) > _MAX_CANDIDATES:
        alike = [name for name in lower if name[:1] == word[:1].lower()]
        lower = {name: lower[name] for name in alike[:_MAX_CANDIDATES]}
    match = get_close_matches(word.lower(), lower, n=2, cutoff=0.6)
    if not match:
        return None
    like = [SequenceMatcher(None, one, word.lower()).ratio() for one in match]
    sure = like[0] >= _SURE and like[0] - max(like[1:], default=0) >= _AHEAD
    return meant(word, lower[match[0]], sure)


def meant(word: str, other: str, sure: bool = True) -> Way:
    """A help line that names the word which is meant by one, `sure` where nobody doubts it."""
    return Way(f"did you mean {other}?", Change("rename", word, other, sure))


def listed(words: Iterable[str]) -> str:
    """A help line that lists the words known at a place, the first of many."""
    every = list(words)
    more = f" and {len(every) - _MAX_LISTED} more" if len(every) > _MAX_LISTED else ""
    return f"known here: {', '.join(short(word) for word in every[:_MAX_LISTED])}{more}"


def value_text(value: object) -> str:
    """A YAML value as people write it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"'{short(value, MAX_WORD)}'"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
    return str(value)
