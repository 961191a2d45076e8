"""One module per format: each renders results to a string and touches no disk."""
