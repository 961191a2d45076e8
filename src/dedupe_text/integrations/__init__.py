"""Doors into programs of others; each is a module of that program's name, behind an extra."""
