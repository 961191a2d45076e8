"""dedupe-text beside other tools, in turns, on the same text: ``python -m bench.peers``."""
