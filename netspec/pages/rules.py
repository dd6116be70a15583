"""What there is to say about an audit rule."""

from __future__ import annotations

from netspec.rules import Rule


def page(rule: Rule) -> str:
    """Its name and severity, what it flags, why, and a bad and a good spec."""
    return f"{rule.name} ({rule.severity})\n\n{_indented(rule.doc.strip())}"


def _indented(doc: str) -> str:
    """Markdown with its code indented in place of its fences."""
    lines, code = [], False
    for line in doc.splitlines():
        if line.startswith("```"):
            code = not code
            # A fence leaves the empty line that stands around it.
            continue
        lines.append(f"    {line}" if code and line else line)
    return "\n".join(lines)
