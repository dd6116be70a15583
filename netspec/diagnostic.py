"""Where something is, what was found there, and the errors every room of netspec raises."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

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


def nearest(word: str, known: Iterable[str]) -> str | None:
    """A help line that names the known word nearest to `word`, or None."""
    if len(word) > MAX_WORD:
        return None
    from difflib import get_close_matches

    # A word of less than half the letters is never that near.
    lower = {
        name.lower(): name
        for name in known
        if 3 * len(word) <= 7 * len(name) and 3 * len(name) <= 7 * len(word)
    }
    if len(lower) > _MAX_CANDIDATES:
        alike = [name for name in lower if name[:1] == word[:1].lower()]
        lower = {name: lower[name] for name in alike[:_MAX_CANDIDATES]}
    match = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return f"did you mean {lower[match[0]]}?" if match else None


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
