"""`netspec lsp`: one server for one editor, which started it."""

from __future__ import annotations

from netspec.lsp import actions, names, offer, show
from netspec.lsp.server import server

FEATURES = actions, names, offer, show
"""The files whose functions answer requests, beside the server's own."""


def serve() -> None:
    """Serve an editor over standard input and output until it leaves."""
    server.start_io()
