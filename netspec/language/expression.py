"""`$name` and `$(expression)` in values of a spec: numbers, names and little else."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any
from warnings import catch_warnings

from netspec.diagnostic import Fault, Follows, Path, listed, nearest

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)\Z")
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "round": round}
UNKNOWN = object()
"""The value in a scope of a variable that is given wrongly; under "", of all that it lacks."""
_MAX_TEXT = 200
_MAX_NUMBER = 2**53


def resolve(value: Any, scope: Mapping[str, Any], at: Path = ()) -> Any:
    """`value` with every `$…` in it replaced; Fault where one cannot be."""
    if isinstance(value, str):
        return _text(value, scope, at) if "$" in value else value
    if isinstance(value, list):
        return [resolve(one, scope, (*at, i)) for i, one in enumerate(value)]
    if isinstance(value, dict):
        return {key: resolve(one, scope, (*at, key)) for key, one in value.items()}
    return value


def _text(text: str, scope: Mapping[str, Any], at: Path) -> Any:
    if match := _NAME.match(text):
        return _lookup(match[1], scope, at)
    if not (text.startswith("$(") and text.endswith(")")):
        raise Fault(
            "bad-expression", f"'{text}' is not $name or $(expression)",
            "in [ ] and { } quote an expression with a comma" if text.startswith("$(") else
            "a value is either a whole expression or has no $ in it", at,
        )  # fmt: skip
    if len(text) > _MAX_TEXT:
        raise Fault(
            "bad-expression", f"an expression is at most {_MAX_TEXT} characters long", at=at
        )
    try:
        return _evaluate(python(text[2:-1]), scope, at)
    except (SyntaxError, MemoryError, RecursionError):
        raise Fault(
            "bad-expression", f"'{text[2:-1]}' is not an expression",
            "names, numbers, + - * / // %, comparisons, min, max and round are known", at,
        ) from None  # fmt: skip
    except (TypeError, ValueError, ArithmeticError) as error:
        raise Fault("bad-expression", f"'{text[2:-1]}': {str(error).lower()}", at=at) from None


def python(text: str) -> ast.expr:
    """The syntax of an expression; what Python warns of in it is no concern of a spec's."""
    with catch_warnings(action="ignore"):
        return ast.parse(text.strip(), mode="eval").body


def _lookup(name: str, scope: Mapping[str, Any], at: Path) -> Any:
    if name in scope and scope[name] is not UNKNOWN:
        return scope[name]
    if name in scope or scope.get("") is UNKNOWN:
        raise Follows
    raise Fault(
        "unknown-variable", f"no variable is called '{name}'",
        nearest(name, scope) or (listed(sorted(scope)) if scope else "define it under vars"), at,
    )  # fmt: skip


def _evaluate(node: ast.expr, scope: Mapping[str, Any], at: Path) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return value
        case ast.Name(id="true" | "false" as word):
            return word == "true"
        case ast.Name(id=name):
            value = _lookup(name, scope, at)
            if not isinstance(value, int | float):
                raise Fault("bad-expression", f"'{name}' is not a number", at=at)
            return value
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _number(_OPERATORS[type(op)](_evaluate(operand, scope, at)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            x, y = _evaluate(left, scope, at), _evaluate(right, scope, at)
            return _number(_OPERATORS[type(op)](x, y))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_evaluate(left, scope, at), _evaluate(right, scope, at))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _number(_FUNCTIONS[name](*(_evaluate(arg, scope, at) for arg in args)))
    raise SyntaxError


def _number(value: float) -> float:
    if not abs(value) <= _MAX_NUMBER:
        raise ValueError("the result is too large")
    return value
