"""Adding up the words of one number: units, tens, hundreds, thousands."""

from __future__ import annotations

from dateline.language.number import LARGEST
from dateline.language.number_words import Word


class Sum:
    """The part of a number that was read so far. ``group`` is what is below the last scale, ``last`` the last
    scale, of which "and a half" adds a half."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.total: float = 0
        self.group: float = 0
        self.scale: float = 0
        self.last: float = 1
        self.begun = self.closed = False

    @property
    def value(self) -> float:
        return self.total + self.group

    def take(self, word: Word) -> bool:
        """Add a word, if it can belong to the same number."""
        if self.closed:
            return False
        if word.kind in "nam":
            taken = self._add(word)
        elif word.kind in "dD" or (word.kind in "sS" and word.value == 100):
            taken = self._hundred(word)
        else:
            taken = word.kind in "sS" and self._multiply(word)
        self.begun = self.begun or taken
        return taken

    def fits(self, value: float) -> bool:
        """Whether a smaller number can follow: seven after twenty, not after seven."""
        group, french = self.group, self._language == "fr"
        if value <= 0 or group != int(group):
            return False
        if group % 100 == 0:
            return value < 100 if group else True
        if french and group % 100 in (60, 80):
            return value < 20
        if french and group % 100 == 10:
            return 7 <= value <= 9
        return group % 10 == 0 and group % 100 >= 20 and value < 10

    def _add(self, word: Word) -> bool:
        value = word.value
        if word.kind == "a" and value == 1 and not self.begun:
            return False
        if self.begun and self._language == "fr" and self.group % 100 == 4 and value == 20:
            self.group += 76  # quatre-vingts
        elif self.group == 0 and (not self.total or value < self.scale):
            self.group = value
        elif word.kind != "m" and self.fits(value):
            self.group += value
        else:
            return False
        self.last = 1
        return True

    def _hundred(self, word: Word) -> bool:
        if self.group >= 100 or (word.kind in "SD" and not self.group):
            return False
        self.group, self.last = max(self.group, 1) * word.value, word.value
        self.closed = word.kind in "dD"
        return True

    def _multiply(self, word: Word) -> bool:
        if word.kind == "S" and not self.begun:
            return False
        if self.scale and word.value >= self.scale:  # mil millones
            self.total, self.group = min(self.value * word.value, LARGEST), 0
        else:
            self.total, self.group = self.total + (self.group or 1) * word.value, 0
        self.scale = self.last = word.value
        return True
