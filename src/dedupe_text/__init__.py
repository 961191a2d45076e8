"""Find text that says things twice, prove it word by word, and cut the second copy.

Names are loaded when first used: importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dedupe_text._version import __version__

if TYPE_CHECKING:
    from dedupe_text.dedupe import clean, clean_many, find_repeats
    from dedupe_text.errors import (
        DedupeTextError,
        InputError,
        ReportError,
        SelfCheckError,
        SettingsError,
    )
    from dedupe_text.explanation import explain
    from dedupe_text.lsh import lsh_probability, lsh_threshold
    from dedupe_text.model import (
        Alignment,
        Cut,
        Difference,
        Document,
        Explanation,
        Finding,
        Limit,
        Location,
        Repeat,
        Span,
        Spared,
    )
    from dedupe_text.report.restore import restore
    from dedupe_text.result import Result
    from dedupe_text.settings import Settings

_HOMES = {
    "dedupe": ("clean", "clean_many", "find_repeats"),
    "errors": ("DedupeTextError", "InputError", "ReportError", "SelfCheckError", "SettingsError"),
    "explanation": ("explain",),
    "lsh": ("lsh_probability", "lsh_threshold"),
    "model": (
        "Alignment", "Cut", "Difference", "Document", "Explanation", "Finding", "Limit",
        "Location", "Repeat", "Span", "Spared",
    ),
    "report.restore": ("restore",),
    "result": ("Result",),
    "settings": ("Settings",),
}  # fmt: skip

__all__ = [
    "Alignment",
    "Cut",
    "DedupeTextError",
    "Difference",
    "Document",
    "Explanation",
    "Finding",
    "InputError",
    "Limit",
    "Location",
    "Repeat",
    "ReportError",
    "Result",
    "SelfCheckError",
    "Settings",
    "SettingsError",
    "Span",
    "Spared",
    "__version__",
    "clean",
    "clean_many",
    "explain",
    "find_repeats",
    "lsh_probability",
    "lsh_threshold",
    "restore",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"dedupe_text.{module}"), name)
    raise AttributeError(f"module 'dedupe_text' has no attribute {name!r}")
