"""What strangers may give: a module for each door, with `SEEDS` and a `check` for any bytes."""
