"""Lines that may be compressed, read and written one by one."""

from __future__ import annotations

import gzip
import sys
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from dedupe_text import files
from dedupe_text.errors import InputError
from dedupe_text.records.names import find_compression

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from typing import BinaryIO

    from dedupe_text.records.names import Compression

_MAGIC: dict[bytes, Compression] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
# A frame to be skipped may come first; its first byte may be any of sixteen.
_MAGIC |= {bytes((first, 0x2A, 0x4D, 0x18)): "zstd" for first in range(0x50, 0x60)}


class Lines:
    """The lines of a stream, decompressed as its first bytes say. Errors call it by its name."""

    def __init__(self, name: str, file: BufferedReader) -> None:
        self.name = name
        self.compression: Compression = "none"
        self._raw = self._file = file
        self._read = 0
        self._flaws: tuple[type[Exception], ...] = ()
        with self._explained():
            start = file.peek(4)[:4]
        for magic, compression in _MAGIC.items():
            if start.startswith(magic):
                self.compression = compression
        named = find_compression(name)
        if named in _MAGIC.values() and self.compression != named:
            raise InputError(f"{name}: it is no {named}; get it again, or rename it")
        self._decompress()

    @property
    def position(self) -> int:
        """How many bytes were read, as they are in the file if it can tell."""
        if self.compression != "none":
            with suppress(OSError):
                return self._raw.tell()
        return self._read

    def read_line(self, most: int) -> bytes:
        """The next line with its end, or the first so many bytes of it; empty at the end."""
        with self._explained():
            line = self._file.readline(most)
        self._read += len(line)
        return line

    def _decompress(self) -> None:
        if self.compression == "gzip":
            self._flaws = (gzip.BadGzipFile, zlib.error)
            self._file = gzip.GzipFile(fileobj=self._file)  # type: ignore[assignment]
        elif self.compression == "zstd":
            zstd = _load_zstd(self.name)
            self._flaws = (zstd.ZstdError,)
            self._file = zstd.ZstdFile(self._file)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except EOFError as error:
            raise InputError(
                f"{self.name}: the {self.compression} is cut off before its end; get it again"
            ) from error
        except self._flaws as error:
            raise InputError(
                f"{self.name}: the {self.compression} is damaged ({error}); get it again"
            ) from error
        except (OSError, ValueError) as error:
            raise files.cannot_read(self.name, error) from error


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class Output:
    """Compresses what is written to a file; the same bytes always become the same.

    Until `finish` the file looks cut off, as it is.
    """

    def __init__(self, file: BinaryIO, compression: Compression) -> None:
        self._file = file
        self._compressor = _find_compressor(compression)

    def write(self, data: bytes) -> None:
        """Write these bytes."""
        self._file.write(self._compressor.compress(data) if self._compressor else data)

    def finish(self) -> None:
        """All is written."""
        if self._compressor:
            self._file.write(self._compressor.flush())


def _find_compressor(compression: Compression) -> _Compressor | None:
    if compression == "gzip":
        return zlib.compressobj(wbits=31)  # with gzip's header, which tells no time
    if compression == "zstd":
        zstd = _load_zstd("the output")
        # With a checksum, as the zstd command does it: then damage is noticed.
        found: _Compressor = zstd.ZstdCompressor(
            options={zstd.CompressionParameter.checksum_flag: 1}
        )
        return found
    return None


def _load_zstd(name: str) -> Any:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError as error:
        raise InputError(f"{name}: zstd needs an extra: pip install 'dedupe-text[zstd]'") from error
    return zstd
