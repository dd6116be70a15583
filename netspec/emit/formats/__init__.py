"""A file for each format, with `write`, `read` and the `ROUNDING` that is no difference."""

SUFFIXES = {"onnx": ".onnx", "pt2": ".pt2", "python": ".py"}
"""Formats, and how the names of their files end."""
