"""Elements that escape what they are given; nothing else in the report makes HTML.

A text becomes HTML in `escape` alone, and an element of names that are listed here. So a document
can neither open an element nor leave an attribute, and what a page could be made to run (handlers,
addresses, styles, scripts) has no name that could be written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedupe_text.report.text import UNSAFE_RE, code_point

if TYPE_CHECKING:
    from collections.abc import Iterable

_VOID = frozenset({"input"})
# fmt: off
_TAGS = _VOID | {
    "a", "article", "b", "bdi", "body", "button", "caption", "dd", "del", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "g", "h1", "h2", "h3", "h4", "header",
    "kbd", "label", "legend", "li", "line", "main", "mark", "nav", "p", "pre", "rect", "section",
    "span", "strong", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "tr", "ul",
}
_ATTRIBUTES = frozenset({
    "aria-hidden", "aria-label", "checked", "class", "data-kind", "data-line", "dir", "height",
    "hidden", "href", "id", "lang", "name", "placeholder", "preserveAspectRatio", "role", "scope",
    "tabindex", "text-anchor", "type", "value", "viewBox", "width", "x", "x1", "x2", "y", "y1",
    "y2",
})
# fmt: on
_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_TABLE = str.maketrans(_SPECIAL)
_KEPT = {"\n": "\n", "\t": "\t", "\r": "\n"}


@dataclass(frozen=True, slots=True)
class Html:
    """Source that is safe to stand in a page: `element`, `join` and `text` alone make it."""

    source: str

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.source.encode())


def escape(text: str) -> str:
    r"""The text for between two tags, or for between the quotes of an attribute.

    Control and bidirectional characters become code points; lines and tabs stay.

    >>> print(escape('<b title="\u202e">'))
    &lt;b title=&quot;\u202e&quot;&gt;
    """
    shown = UNSAFE_RE.sub(lambda char: _KEPT.get(char[0]) or code_point(char[0]), text)
    return shown.translate(_TABLE)


def element(tag: str, *children: Html | str, **attributes: str | float | None) -> Html:
    """An element; an underscore in the name of an attribute is a hyphen, one at its end nothing.

    True is an attribute without a value; False and None are none.

    >>> element("p", "1 < 2", class_="sum", hidden=True).source
    '<p class="sum" hidden>1 &lt; 2</p>'
    """
    if tag not in _TAGS:
        raise ValueError(f"no element of the report: {tag}")
    head = f"<{tag}{''.join(_attribute(*attribute) for attribute in attributes.items())}>"
    if tag in _VOID:
        return Html(head)
    return Html(f"{head}{join(children).source}</{tag}>")


def join(children: Iterable[Html | str]) -> Html:
    """What stands side by side."""
    return Html(
        "".join(
            child.source if isinstance(child, Html) else escape(child)  # whatever else comes in
            for child in children
        )
    )


def _attribute(name: str, value: str | float | None) -> str:
    name = name.rstrip("_").replace("_", "-")
    if name not in _ATTRIBUTES:
        raise ValueError(f"no attribute of the report: {name}")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name == "href" and not str(value).startswith("#"):
        raise ValueError(f"leads out of the page: {value}")
    return f' {name}="{escape(str(value))}"'
