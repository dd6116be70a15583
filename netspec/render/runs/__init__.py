"""Runs, as `netspec runs` lists and compares them."""

DEFAULT = "text"
