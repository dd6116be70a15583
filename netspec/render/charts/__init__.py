"""Figures drawn as plain SVG that can be read with scripts off."""
