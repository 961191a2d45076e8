"""How right dedupe-text is, on real text with known answers: ``python -m bench.quality``."""
