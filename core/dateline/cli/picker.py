"""Picking a quotation: it shows the source and finds the words in it as they are typed below."""

from __future__ import annotations

from dataclasses import dataclass

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import HSplit, Layout, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from dateline.events.near import near
from dateline.events.quoting import find
from dateline.text import legible

_STYLE = Style.from_dict({"here": "reverse bold", "also": "underline", "bar": "reverse"})


@dataclass(frozen=True, slots=True)
class Picked:
    """Words of the source and their start in code points."""

    exact: str
    start: int


def places(text: str, typed: str) -> list[int]:
    """The positions at which `typed` occurs in `text`, overlaps included."""
    found, at = [], text.find(typed) if typed else -1
    while at >= 0:
        found.append(at)
        at = text.find(typed, at + 1)
    return found


class Picker:
    """One quotation of `text`. Tab moves to the next place where it occurs, Enter takes it.

    When the source has the typed words in slightly different characters, its own characters are
    marked and taken. A long quotation can be typed as its first words, `` ... ``, its last words.
    `wrong`, what was wrong before, is shown above what is typed.
    """

    def __init__(self, text: str, prompt: str = "quotation: ", wrong: str = "") -> None:
        self._text, self._prompt, self._wrong = text, prompt, wrong
        self._choice = 0
        self._buffer = Buffer(multiline=False, on_text_changed=self._typed)

    def run(self, *, input: Input | None = None, output: Output | None = None) -> Picked | None:
        """The quotation, or None when nothing was typed. Raises KeyboardInterrupt on Ctrl-C."""
        application: Application[Picked | None] = Application(
            layout=Layout(self._layout(), focused_element=self._buffer),
            key_bindings=self._keys(),
            style=_STYLE,
            full_screen=True,
            input=input,
            output=output,
        )
        return application.run()

    def spans(self) -> list[tuple[int, int]]:
        """The spans of the typed words: exact, from first to last words, or nearly equal."""
        first, dots, last = self._buffer.text.partition(" ... ")
        starts = places(self._text, first)
        if not dots or not last:
            if starts or not first:
                return [(start, start + len(first)) for start in starts]
            alike = near(first, self._text)
            return find(first, self._text) or ([alike] if alike is not None else [])
        ends = places(self._text, last)
        spans = []
        for start in starts:
            after = [end + len(last) for end in ends if end >= start + len(first)]
            if after:
                spans.append((start, after[0]))
        return spans

    def _typed(self, buffer: Buffer) -> None:
        self._choice = 0

    def _layout(self) -> HSplit:
        source = Window(FormattedTextControl(self._shown), wrap_lines=True, always_hide_cursor=True)
        typed = Window(
            BufferControl(self._buffer, input_processors=[BeforeInput(self._prompt)]), height=1
        )
        bar = Window(FormattedTextControl(self._status), height=1, style="class:bar")
        wrong = FormattedTextControl(legible(self._wrong))
        told = [Window(wrong, wrap_lines=True, dont_extend_height=True)] if self._wrong else []
        return HSplit([source, bar, *told, typed])

    def _shown(self) -> StyleAndTextTuples:
        """The source with the typed words marked; the cursor follows the chosen place."""
        spans = self.spans()
        pieces: StyleAndTextTuples = []
        at = 0
        for number, (start, end) in enumerate(spans):
            if start < at:
                continue
            pieces.append(("", legible(self._text[at:start])))
            if number == self._choice % len(spans):
                pieces.append(("[SetCursorPosition]", ""))
                pieces.append(("class:here", legible(self._text[start:end])))
            else:
                pieces.append(("class:also", legible(self._text[start:end])))
            at = end
        pieces.append(("", legible(self._text[at:])))
        return pieces

    def _status(self) -> StyleAndTextTuples:
        spans = self.spans()
        if not self._buffer.text:
            words = (
                " type words of the source, or first words ... last words; Enter without words ends"
            )
        elif not spans:
            words = " these words are not in the source"
        else:
            start, end = spans[self._choice % len(spans)]
            more = f", match {self._choice % len(spans) + 1} of {len(spans)}: Tab for the next"
            typed = self._buffer.text
            other = (
                "" if self._text[start:end] == typed or " ... " in typed else " as in the source:"
            )
            words = (
                f"{other} characters {start}-{end}{more if len(spans) > 1 else ''}; Enter takes it"
            )
        return [("class:bar", words)]

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        found = Condition(lambda: bool(self.spans()))
        empty = Condition(lambda: not self._buffer.text)

        @keys.add("tab", filter=found)
        def _next(event: KeyPressEvent) -> None:
            self._choice += 1

        @keys.add("enter", filter=found)
        def _take(event: KeyPressEvent) -> None:
            spans = self.spans()
            start, end = spans[self._choice % len(spans)]
            event.app.exit(result=Picked(self._text[start:end], start))

        @keys.add("enter", filter=empty)
        def _end(event: KeyPressEvent) -> None:
            event.app.exit(result=None)

        @keys.add("c-c")
        @keys.add("escape", eager=True)
        def _stop(event: KeyPressEvent) -> None:
            event.app.exit(exception=KeyboardInterrupt())

        return keys

    def type(self, text: str, start: int | None = None) -> None:
        """Act as if `text` had been typed, and the place at `start` chosen."""
        self._buffer.document = Document(text)
        starts = [begin for begin, _ in self.spans()]
        self._choice = starts.index(start) if start in starts else 0
