"""A folder of files that checks specs in a browser, by netspec itself."""
