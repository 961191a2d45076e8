"""What a passage says, as a short name that is the same wherever and however it is set."""

from __future__ import annotations

from dedupe_text.words import fold, split_words

DIGITS = 16
"""Hexadecimal digits of a fingerprint."""


def fingerprint(text: str) -> str:
    r"""The first 64 bits of the SHA-256 of the folded words, joined by blanks.

    Lines, quotes, punctuation, case and accents' spelling do not change it, nor do the machine and
    the versions of Python and NumPy, as long as these know the characters. That two of a million
    passages have one by chance is one chance in 37 million; then a repeat is accepted that nobody
    accepted, and text stays.

    >>> fingerprint("“One,\n two.”") == fingerprint("ONE TWO")
    True
    """
    import hashlib  # it takes longer to load than a short text takes to be cleaned

    words = " ".join(folded(text)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(words).hexdigest()[:DIGITS]


def folded(text: str) -> list[str]:
    """The words of a text, made comparable.

    >>> folded("Stra\u00adSSE 7!")
    ['strasse', '7']
    """
    words = split_words(text)
    spelled = [text[start:end] for start, end in zip(words.start.tolist(), words.end.tolist())]
    return [word.lower() if word.isascii() else fold(word) for word in spelled]
