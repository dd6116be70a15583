"""The code of a notebook, and the statements that only define something."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from netspec.diagnostic import UsageError, short


def cells_of(file: Path, data: bytes) -> Iterator[tuple[str, str]]:
    """The code of a notebook's cells, and what each is called in messages."""
    try:
        notebook = json.loads(data)
        cells = notebook["cells"]
        for i, cell in enumerate(cells, 1):
            if cell["cell_type"] == "code":
                source = cell["source"]
                text = source if isinstance(source, str) else "".join(source)
                yield f"{file}[cell {i}]", text
    except (ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{file} is no notebook: {short(str(error), 80)}") from None


def defines(statement: ast.stmt) -> bool:
    """Whether a statement is an import, a class, a function or a constant."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        value = statement.value
        return value is not None and not any(
            isinstance(one, ast.Call | ast.Await | ast.Yield) for one in ast.walk(value)
        )
    if isinstance(statement, ast.Try):
        return all(isinstance(one, ast.Import | ast.ImportFrom) for one in statement.body)
    kinds = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
    return isinstance(statement, kinds)
