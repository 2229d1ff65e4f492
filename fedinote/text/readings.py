"""How the words of a text are read aloud: pinyin above Chinese, furigana above Japanese, as HTML with ruby.

Needs the optional packages of the extra `readings` (pypinyin; SudachiPy with a dictionary). Chinese is annotated letter
by letter, by the words that the letters form; Japanese word by word, without the kana that a word ends with.
"""

import functools
import re
import threading
from collections.abc import Callable
from enum import StrEnum
from html import escape, unescape
from typing import Any

from fedinote.infra.errors import Invalid, NotFound
from fedinote.text import html, language

MAX_CHARACTERS = 5_000
_HAN = "\u3005\u3006\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(f"[{_HAN}]+")
_JAPANESE = re.compile(f"[{_HAN}\u3040-\u30ff\u31f0-\u31ff]+")
_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
_SPLIT = re.compile(f"([{_HAN}]+)")
_UNTOUCHED = frozenset({"code", "pre", "ruby"})
_VOID = frozenset({"br", "hr", "img"})
_KATAKANA, _HIRAGANA, _LAST = 0x30A1, 0x3041, 0x30F6
_LOCK = threading.Lock()
_MAX_WORD = 30

Annotate = Callable[[str], str]


class Kind(StrEnum):
    """Which readings."""

    PINYIN = "pinyin"
    FURIGANA = "furigana"


def kind_for(text: str, tag: str | None) -> Kind | None:
    """Return which readings a text has, by its script, then by its tag; None for a text without Han characters."""
    if _RUN.search(text) is None:
        return None
    found = language.detect(text) or tag or "zh"
    return Kind.FURIGANA if language.base_of(found) == "ja" else Kind.PINYIN


def available(kind: Kind) -> bool:
    """Tell whether the packages for these readings are installed."""
    return _annotator(kind) is not None


def annotated(content: str, kind: Kind) -> str:
    """Return sanitised HTML with readings: nothing but ruby is added to it. Not for the event loop: it takes a while.

    Names of people, code, and what has ruby already are left alone. Raises Invalid (too long) and NotFound (the
    packages are not installed).
    """
    if len(content) > 4 * MAX_CHARACTERS or len(html.to_text(content)) > MAX_CHARACTERS:
        raise Invalid("Validation failed: The text is too long for readings")
    annotate = _annotator(kind)
    if annotate is None:
        raise NotFound("Readings of this kind are not available on this server")
    parts, waiting = [], ""  # the element that is left alone until it ends
    depth = 0
    for part in _TAG.split(content):
        tag = _NAME.fullmatch(part)
        if tag is None:
            parts.append(part if depth else annotate(unescape(part)))
            continue
        closing, name, attributes = tag.groups()
        if depth and name == waiting:
            depth += -1 if closing else 1
        elif not depth and not closing and _is_untouched(name, attributes):
            waiting, depth = name, 1
        parts.append(part)
    return "".join(parts)


def _is_untouched(name: str, attributes: str) -> bool:
    mention = name == "a" and "mention" in attributes and "hashtag" not in attributes
    return name not in _VOID and (name in _UNTOUCHED or mention or "invisible" in attributes)


def _ruby(base: str, reading: str) -> str:
    return f"<ruby>{escape(base)}<rp>(</rp><rt>{escape(reading)}</rt><rp>)</rp></ruby>"


@functools.cache
def _annotator(kind: Kind) -> Annotate | None:
    """Load what annotates plain text into HTML; None where the package is not installed."""
    return _chinese() if kind is Kind.PINYIN else _japanese()


def _chinese() -> Annotate | None:
    try:  # an extra, and 20 MB once loaded: hence not at the top of the file
        from pypinyin import Style, pinyin
    except ImportError:
        return None

    read: Any = pinyin  # its types say less than its documentation: `errors` may give a reading for each letter

    def run(match: re.Match[str]) -> str:
        letters = match[0]
        readings = read(letters, style=Style.TONE, errors=lambda unknown: [[""]] * len(unknown))
        if len(readings) != len(letters):
            return escape(letters)
        return "".join(
            _ruby(letter, said[0]) if said[0] else escape(letter)
            for letter, said in zip(letters, readings, strict=True)
        )

    return lambda text: _around(_RUN, text, run)


def _japanese() -> Annotate | None:
    try:
        from sudachipy import Dictionary

        tokenizer: Any = Dictionary(dict="small").tokenizer()
    except ImportError:
        return None
    except Exception:  # noqa: BLE001  the dictionary is a package of its own, and has errors of its own
        return None

    def run(match: re.Match[str]) -> str:
        with _LOCK:  # a tokenizer serves one thread at a time
            words = [(one.surface(), one.reading_form()) for one in tokenizer.tokenize(match[0])]
        return "".join(_word(surface, _hiragana(reading)) for surface, reading in words)

    return lambda text: _around(_JAPANESE, text, run)


def _around(pattern: re.Pattern[str], text: str, run: Callable[[re.Match[str]], str]) -> str:
    """Annotate what matches, and escape what stands between."""
    parts, at = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[at : match.start()], quote=False), run(match)]
        at = match.end()
    return "".join([*parts, escape(text[at:], quote=False)])


def _word(surface: str, reading: str) -> str:
    """Annotate one Japanese word: its Han characters alone, where the kana between them show which reading is whose."""
    if _RUN.search(surface) is None or not reading or reading == _hiragana(surface):
        return escape(surface)
    pieces = [piece for piece in _SPLIT.split(surface) if piece]
    if len(surface) > _MAX_WORD or len(pieces) > 7:
        return _ruby(surface, reading)
    expression = "".join("(.+?)" if _RUN.match(one) else re.escape(_hiragana(one)) for one in pieces)
    match = re.fullmatch(expression, reading)
    if match is None:
        return _ruby(surface, reading)
    said = iter(match.groups())
    return "".join(_ruby(one, next(said)) if _RUN.match(one) else escape(one) for one in pieces)


def _hiragana(text: str) -> str:
    return "".join(chr(ord(char) - _KATAKANA + _HIRAGANA) if _KATAKANA <= ord(char) <= _LAST else char for char in text)
