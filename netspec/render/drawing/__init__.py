"""A network drawn: its parts, where they stand, and the lines between them.

The page's script lays out what is folded and unfolded by the same rules (`web/drawing.js`).
"""
