"""Uses of blocks: what their arguments mean inside, and that none uses itself."""

from typing import Any

from netspec.compiler.document import Scope
from netspec.compiler.findings import Trace
from netspec.diagnostic import Fault, listed, nearest
from netspec.language.entry import Entry, arguments
from netspec.language.expression import resolve


def check_cycle(block: str, trace: Trace) -> None:
    """Refuse a block that uses itself; `trace` has the uses that led to this one."""
    chain = [used for used, _ in reversed(trace)]
    if block in chain:
        way = " → ".join([*chain[chain.index(block) :], block])
        message = f"block '{block}' uses itself: {way}"
        raise Fault("block-cycle", message, "a block can only use other blocks", key=True)


def _check_python(entry: Entry) -> None:
    """Refuse arguments as Python writes them: a block has no types that would."""
    value = entry.value
    texts = [value] if isinstance(value, str) else value if isinstance(value, list | dict) else ()
    if isinstance(value, dict):
        texts = [*value, *value.values()]
    odd = (one for one in texts if isinstance(one, str) and one[:1] != "$")
    text = next((one for one in odd if one[:1] == "(" or "=" in one), None)
    if text is None:
        return
    from netspec.language.calls import call, repaired
    from netspec.language.written import entry_text

    if isinstance(value, str):
        said = call(value, bare=True)
        form = said and (said.written(()) if said.values else said.named)
    else:
        form = repaired(value)
    if form is not None:
        message = f"block {entry.kind}: expected arguments, not '{text}'"
        raise Fault("wrong-type", message, f"write {entry_text({entry.kind: form})}")


def bind(entry: Entry, formal: dict[str, Any], scope: Scope, variables: Scope) -> Scope:
    """What names mean inside a use of a block with the arguments `formal`.

    `scope` is that of the use, `variables` are the document's.
    """
    _check_python(entry)
    given, places = arguments(entry.value, list(formal), f"block {entry.kind}")
    for name in given:
        if name not in formal:
            known = listed(formal) if formal else "it takes none"
            message = f"block {entry.kind} has no argument {name}"
            help = nearest(name, formal) or known
            raise Fault("unknown-key", message, help, places[name], key=True)
    inner = dict(variables)
    for name, default in formal.items():
        if name in given:
            inner[name] = resolve(given[name], scope, places[name])
        elif default is not None:
            inner[name] = resolve(default, inner)
        else:
            message = f"block {entry.kind} needs {name}"
            raise Fault("missing-key", message, f"add {name}: …", key=True)
    return inner
