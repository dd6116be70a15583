"""Candidates, as `netspec search` lists them."""

DEFAULT = "text"
