"""The keys by which the passages of a document are found again: made from its words alone.

So they can be made elsewhere than where the memory is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import run_starts
from dedupe_text.lsh import band_keys
from dedupe_text.minhash import sign_shingles
from dedupe_text.passages import join_short, split_long
from dedupe_text.shingles import shingle
from dedupe_text.words import add_mixed, mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dedupe_text.split import Split

BANDS, ROWS = 8, 2
"""A key for each passage's words and one for each of 8 bands of 2 rows: of passages of which half
the shingles are shared 90 % are found (`lsh_probability`), and a repeat has several passages."""
_SHINGLE = 4
_FORMAT = 3
PARAMETERS = f"format {_FORMAT}, {BANDS} bands of {ROWS} rows, shingles of {_SHINGLE} words"
"""What two memories must have in common to know each other's documents."""


@dataclass(frozen=True, eq=False, repr=False)
class Signed:
    """A document and what its passages are found by.

    Columns: `content`, the hash of a passage's shingles (uint64); `signatures`, one a row (uint32);
    `words`, how many words the passage has (int32).
    """

    split: Split
    content: NDArray[np.uint64]
    signatures: NDArray[np.uint32]
    words: NDArray[np.int32]

    @property
    def site(self) -> np.uint64 | None:
        """The hash of the site, if it is known.

        Where it is, the key of the words comes a second time, mixed with it: the first of the site
        to say a passage may not be the first of all. What a site says itself it says word for word.
        """
        if not self.split.site:
            return None
        digest = blake2b(self.split.site.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return np.uint64(int.from_bytes(digest, "little"))

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """The keys, a row for each passage: of 64 bits, whatever they are made of."""
        keys = np.column_stack([self.content, band_keys(self.signatures, ROWS)])
        site = self.site
        return keys if site is None else np.column_stack([keys, mix(self.content ^ site)])


def sign_split(split: Split) -> Signed:
    """The document with the keys of its passages; short ones are taken together, long ones apart.

    >>> from dedupe_text.split import split_text
    >>> sign_split(split_text("It rained, and it rained on the old bridge.")).keys.shape
    (1, 9)
    """
    passages = split_long(join_short(split.passages), split.words.hash)
    if not len(passages):
        none = np.zeros(0, np.uint64)
        return Signed(split, none, np.zeros((0, BANDS * ROWS), np.uint32), none.astype(np.int32))
    shingles = shingle(split.words.hash, passages, _SHINGLE)
    content = add_mixed(shingles.hash, run_starts(shingles.passage))
    signatures = sign_shingles(shingles, BANDS * ROWS)
    return Signed(split, content, signatures, passages.last_word - passages.first_word)
