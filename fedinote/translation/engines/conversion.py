"""Simplified and traditional Chinese into one another by OpenCC's tables: the same words in the other script.

This is no translation: the language stays what it is, Mandarin or Cantonese. Nothing is asked of anybody.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from fedinote.infra.errors import Invalid
from fedinote.infra.translation_settings import CONVERSION
from fedinote.text import language
from fedinote.translation.engine import Kind, Location, Term, Translated

_MANDARIN = frozenset({"zh", "cmn"})
_HONG_KONG = frozenset({"HK", "MO"})
_PAIRS = {
    "zh-Hans": frozenset({"zh-Hant", "zh-TW", "zh-HK"}),
    "zh-Hant": frozenset({"zh-Hans"}),
    "zh-TW": frozenset({"zh-Hans"}),
    "zh-HK": frozenset({"zh-Hans"}),
}


class _Converter(Protocol):
    def convert(self, text: str) -> str:
        """Convert."""


class Conversion:
    """The engine of the two Chinese scripts. Words of Taiwan go with its characters ("软件" becomes "軟體")."""

    name = CONVERSION
    location = Location.LOCAL
    kind = Kind.CONVERSION

    def __init__(self) -> None:
        self._converters: dict[str, _Converter] = {}

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Convert texts; raises `Invalid` unless both tags are of one Chinese language in different scripts."""
        table = table_of(source, target)
        if table is None:
            raise Invalid("Only the two scripts of Chinese are converted")
        converter = self._converters.get(table)
        if converter is None:
            converter = self._converters[table] = await asyncio.to_thread(_load, table)
        return Translated(tuple(converter.convert(text) for text in texts))

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Both scripts, and the traditional one as Taiwan and Hong Kong write it. Cantonese is not in the list."""
        return _PAIRS


def table_of(source: str | None, target: str) -> str | None:
    """Return the name of OpenCC's table for two tags ("s2twp", "hk2s", …); None where there is nothing to convert."""
    if source is None or _language(source) is None or _language(source) != _language(target):
        return None
    scripts = (language.script_of(source), language.script_of(target))
    if scripts == ("Hans", "Hant"):
        return {"TW": "s2twp", "HK": "s2hk"}.get(_region(target), "s2t")
    if scripts == ("Hant", "Hans"):
        return {"TW": "tw2sp", "HK": "hk2s"}.get(_region(source), "t2s")
    return None


def _language(tag: str) -> str | None:
    base = language.base_of(tag)
    return "zh" if base in _MANDARIN else base if base == "yue" else None


def _region(tag: str) -> str:
    """TW, HK (Macao writes as Hong Kong does), or "" where the tag says neither."""
    parts = (language.canonical(tag) or "").split("-")[1:]
    return "HK" if _HONG_KONG.intersection(parts) else "TW" if "TW" in parts else ""


def _load(table: str) -> _Converter:
    # Half a second and some megabytes, for those who need it only.
    from opencc import OpenCC

    converter: _Converter = OpenCC(table)
    return converter
