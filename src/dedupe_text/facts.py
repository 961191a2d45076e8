"""Facts: numbers, names, a clause. A sentence that goes must hold none that the other lacks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import blocks, distinct, ranges
from dedupe_text.words import Flag, mix, split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dedupe_text.lengths import Lengths
    from dedupe_text.passages import Passages
    from dedupe_text.sentences import Sentences
    from dedupe_text.words import Words

_FORM = 1 / 3
"""Share of a repeat, or of its facts, for which the kept copy has others, that makes a form."""
_MORE = 3
"""Words in a row, weighed, beyond those they replace, that say something of their own. In manuals,
articles and removals 21 sentences of cuts had so many: 5 of a form on a page, 16 with what is said
nowhere else. Of copies with 30 % of their words edited, recall falls by .002."""


class Facts:
    """The numbers and names among the words of texts, and what they say in more words."""

    def __init__(self, words: Words, passages: Passages, lengths: Lengths) -> None:
        self.words = words
        self.passages = passages
        self.lengths = lengths
        self._i = split_words("i").hash

    def lost(
        self, run: Sentences, stays: NDArray[np.int64], goes: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which sentences hold a number or a name that is not aligned, or say more.

        All of them, where a third of the repeat holds such facts, or where of a third of the facts
        from its first word to its last others stand in the kept copy: such a repeat is a form that
        was filled in twice, be it that some of its sentences are no longer alike. Facts in another
        order are other facts: who did what to whom.
        """
        begin, end = int(run.first[0]), int(run.last[-1])
        fact = self._are(slice(begin, end))
        alone = np.ones(end - begin, np.bool_)
        alone[goes[slice(*np.searchsorted(goes, [begin, end]))] - begin] = False
        for first in (run.first - begin).tolist():
            # A sentence begins with a capital whatever its first word is.
            fact[first] &= alone[first] and not self._is_no_name(begin + first)
        others = self._count_others(begin + np.flatnonzero(fact & alone), stays, goes)
        of_form = others > 1 and others >= _FORM * fact.sum()
        in_run = np.zeros(end - begin + 1, np.int8)
        in_run[run.first - begin] += 1
        in_run[run.last - begin] -= 1
        fact &= np.cumsum(in_run[:-1]) > 0
        lost = fact & alone
        lost_in = np.add.reduceat(lost, run.first - begin) > 0
        of_form |= run.weight[lost_in].sum() >= _FORM * run.weight.sum()
        lost_or_more: NDArray[np.bool_] = lost_in | of_form | self._say_more(run, stays, goes)
        return lost_or_more

    def _say_more(
        self, run: Sentences, stays: NDArray[np.int64], goes: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which sentences have words in a row that weigh `_MORE` more than those they replace.

        Before the first aligned word, and behind the last, the kept copy's sentence is replaced.
        """
        ends = self.passages.of_words(stays[[0, -1]])
        begin, end = self.passages.first_word[ends[0]], self.passages.last_word[ends[1]]
        replaced = self.lengths.weight(np.append(begin, stays + 1), np.append(stays, end))
        since, until = np.append(0, goes + 1), np.append(goes, len(self.words))
        wide = np.flatnonzero(until - since >= _MORE)
        since, until = since[wide], until[wide]
        sentence, gap = ranges(
            np.searchsorted(run.last, since, "right"), np.searchsorted(run.first, until)
        )
        own = self.lengths.weight(
            np.maximum(run.first[sentence], since[gap]), np.minimum(run.last[sentence], until[gap])
        )
        more = np.zeros(len(run.first), np.bool_)
        more[sentence[own - replaced[wide[gap]] >= _MORE]] = True
        return more

    def _count_others(
        self, lost: NDArray[np.int64], stays: NDArray[np.int64], goes: NDArray[np.int64]
    ) -> int:
        """Of how many lost facts another stands in the kept copy, between the same words."""
        after = np.searchsorted(goes, lost)
        after = after[(after > 0) & (after < len(goes))]
        words, which = ranges(stays[after - 1] + 1, stays[after])
        return len(distinct(which[self._are(words)]))

    def _are(self, words: NDArray[np.int64] | slice) -> NDArray[np.bool_]:
        """Which words are numbers, or have a capital, as B in plan B; no I, nor what is unseen."""
        flags = self.words.flags[words]
        are: NDArray[np.bool_] = flags & (Flag.DIGIT | Flag.UPPER) > 0
        are &= (self.words.hash[words] != self._i) & (flags & Flag.UNSEEN == 0)
        return are

    def _is_no_name(self, word: int) -> bool:
        """Whether the word that begins a sentence stands in lower case in its document."""
        lower, key = self._lower, self._in_documents(np.array([word]))
        place = np.searchsorted(lower, key)[0]
        return bool(place < len(lower) and lower[place] == key)

    @cached_property
    def _lower(self) -> NDArray[np.uint64]:
        """The words that stand somewhere in lower case, and in which documents."""
        found = []
        for some in blocks(len(self.words)):  # each word of a block once: few are left of many
            case = self.words.flags[some] & (Flag.LOWER | Flag.UPPER)
            words = some.start + np.flatnonzero(case == Flag.LOWER)
            found.append(distinct(self._in_documents(words)))
        return distinct(np.concatenate(found))

    def _in_documents(self, words: NDArray[np.int64]) -> NDArray[np.uint64]:
        document = self.passages.document[self.passages.of_words(words)]
        return mix(self.words.hash[words] + mix(document.astype(np.uint64)))
