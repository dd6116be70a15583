"""What reads a table, by the name of its format, which is that of its data set and of its files."""

from __future__ import annotations

from netspec.runner.data import parquet, table

TABLES = {"csv": table.read_table, "parquet": parquet.read_table}
