"""Numbers as people write them: 8k, 1.1M, 4 MiB, 60 %."""

from typing import Annotated, Any, NamedTuple

from netspec.diagnostic import Fault, listed
from netspec.language.section import Checked

COUNTS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BYTES = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9} | {
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
}  # fmt: skip
_DIGITS = "0123456789"
_MAX_TEXT = 40


class Share(NamedTuple):
    """A share of something, in percent."""

    percent: float

    def __str__(self) -> str:
        return f"{self.percent:g} %"


class Quantity(Checked):
    """Validates a whole number, or text of a number and one of the units."""

    def __init__(self, units: dict[str, int], example: str, *, minimum: int = 0,
                 share: bool = False) -> None:  # fmt: skip
        """Take a share, such as 60 %, as well where `share`."""
        self.units, self.example, self.minimum, self.share = units, example, minimum, share

    def check(self, value: Any, rank: int = 0) -> int | Share:
        """The number, or the share; Fault where it is neither."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Fault("wrong-type", f"expected a whole number or text such as {self.example}")
        return self._bounded(value)

    def _bounded(self, value: int) -> int:
        if value < self.minimum:
            raise Fault("wrong-value", f"expected at least {self.minimum}, not {value}")
        if value >= 2**63:
            raise Fault("wrong-value", "the number does not fit into 64 bits")
        return value

    def _text(self, text: str) -> int | Share:
        rest = text.strip().lstrip(f"{_DIGITS}._")
        number, unit = text.strip().removesuffix(rest), rest.strip()
        whole, _, part = number.replace("_", "").partition(".")
        numeric = whole.isdecimal() and not part.strip(_DIGITS) and len(text) <= _MAX_TEXT
        if not numeric or not (unit.isalpha() or unit in ("", "%")):
            raise Fault("wrong-value", f"'{text[:_MAX_TEXT]}' is not a number",
                        f"write {self.example}")  # fmt: skip
        if unit == "%" and self.share:
            return Share(float(f"{whole}.{part or 0}"))
        if unit not in self.units:
            known = [*filter(None, self.units), *["%"] * self.share]
            raise Fault("wrong-value", f"'{unit}' is not a unit here",
                        listed(known) if known else "write it out")  # fmt: skip
        amount, left = divmod(int(whole + part) * self.units[unit], 10 ** len(part))
        if left:
            raise Fault("wrong-value", f"{text} is not a whole number", "write it out")
        return self._bounded(amount)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        units = [*filter(None, self.units), *["%"] * self.share]
        either: list[dict[str, Any]] = [{"type": "integer", "minimum": self.minimum}]
        if units:
            pattern = rf"^[0-9][0-9_]*(\.[0-9]+)? ?({'|'.join(units)})?$"
            either.append({"type": "string", "pattern": pattern})
        return {"anyOf": either}


Count = Annotated[int, Quantity(COUNTS, "8k or 1.1M")]
Bytes = Annotated[int, Quantity(BYTES, "4 MiB or 500 kB")]
Pixels = Annotated[int | Share, Quantity({"": 1, "px": 1}, "60 %", minimum=1, share=True)]
