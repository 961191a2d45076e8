"""Small files that say what to do: accepted repeats, configuration, reports to restore from."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dedupe_text import InputError, ReportError, SettingsError, clean, config, restore
from dedupe_text.accept import as_accepted, parse_accepted, tally

SENTENCE = "The ferry to the northern quay was late again on Monday, as everybody on it knew. "
RESULT = clean(SENTENCE * 2 + "\xff\n")
CONFIG = b"""similarity = 0.7
min-words = 30
keep = "fullest"
facts = false
accept = "some/list.json"
encoding = "utf-8"
"""

SEEDS = [
    b"\0" + as_accepted(tally([RESULT])).encode(),
    b"\1" + CONFIG,
    b"\2" + CONFIG.replace(b"similarity", b"[tool.dedupe-text]\nsimilarity"),
    b"\3" + RESULT.as_json().encode(),
]


def check(data: bytes) -> None:
    """It is understood, or refused in a line; what comes back is the original and nothing else."""
    kind, body = data[:1], data[1:]
    try:
        if kind == b"\0":
            assert all(one.times > 0 for one in parse_accepted(body.decode()).values())
        elif kind == b"\3":
            assert restore(RESULT.data, body.decode()) == RESULT.original.data
        else:
            _configure(body, config.FILE if kind == b"\1" else config.PROJECT)
    except UnicodeDecodeError as error:
        assert error.object == body  # the door tells that; past it no other is let through
    except (InputError, ReportError, SettingsError) as error:
        assert "\n" not in str(error)


def _configure(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        found = config.read(str(path))
        assert set(found.values) <= set(config.KEYS)
