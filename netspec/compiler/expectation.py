"""`expect:` beside an entry: what was said about it against what came out."""

from collections.abc import Iterator
from typing import Any

from netspec.diagnostic import Change, Fault, Way
from netspec.flow.flow import Flow
from netspec.language.spec import Expect


def disagreements(expect: Expect, params: int, macs: int, y: Flow) -> Iterator[Fault]:
    """One fault for each figure that differs, `at` its key; `y` is the flow after the layers."""
    fields = [axis.field for axis in y.axes]
    facts: dict[str, Any] = {
        "output": list(y.shape),
        "params": params,
        "macs": macs,
        "receptive_field": [field and field.size for field in fields],
        "jump": [field and field.jump for field in fields],
    }
    for name in Expect.model_fields:
        wanted, got = getattr(expect, name), facts[name]
        if wanted is None or wanted == got:
            continue
        if isinstance(got, list) and name != "output":
            if not isinstance(wanted, list) and set(got) == {wanted}:
                continue
            if len(set(got)) == 1:
                got = got[0]
        code = f"expect-{name.replace('_', '-')}"
        message = f"{name} is {_text(got)}, not {_text(wanted)}"
        help = f"if that is meant, expect {_text(got)}"
        if (value := _value(got)) is not None:
            help = Way(help, Change("replace", new=value, safe=False))
        yield Fault(code, message, help, (name,))


def _value(got: Any) -> Any:
    """A figure as a spec has it; None where it has none."""
    if isinstance(got, list):
        values = [_value(one) for one in got]
        return None if None in values else values
    return got if got is None else float(got) if got % 1 else int(got)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return "none" if value is None else f"{float(value):g}" if value % 1 else str(int(value))
