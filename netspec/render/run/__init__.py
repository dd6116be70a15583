"""A run as one HTML page that loads nothing."""
