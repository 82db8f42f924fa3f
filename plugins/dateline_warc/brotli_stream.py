"""Brotli for warcio, whose own support fails with current versions of the library."""

from __future__ import annotations

from warcio.bufferedreaders import BufferedReader

#: The most bytes that one block of 16 KiB may unpack to.
_MOST = 64 << 20


class _Decompressor:
    unused_data = b""

    def __init__(self) -> None:
        import brotli

        self._brotli = brotli.Decompressor()

    def decompress(self, data: bytes) -> bytes:
        """Raises ValueError if the data unpack to too much; brotli.error if they are damaged."""
        unpacked: bytes = self._brotli.process(data, output_buffer_limit=_MOST)
        if not self._brotli.can_accept_more_data():
            raise ValueError("its content is packed too densely")
        return unpacked


def use_brotli() -> None:
    """Let warcio read content that is encoded as ``br``."""
    BufferedReader.DECOMPRESSORS["br"] = _Decompressor
