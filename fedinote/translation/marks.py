"""The line below a translation that says what it is, in the reader's language: by whom, and where the original is."""

from dataclasses import dataclass

from fedinote.text import html, language
from fedinote.text.language_names import own_name
from fedinote.text.urls import safe_link

MACHINE, CONVERSION, AUTHOR = "machine", "conversion", "author"
_LINK = ' rel="nofollow noopener noreferrer" target="_blank">'


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one language. {source} is the name of a language, {engine} that of a program."""

    both: str
    by: str
    converted: str
    own: str
    original: str
    older: str


_WORDS = {
    "en": _Words(
        "Translated from {source} by {engine}",
        "Translated by {engine}",
        "Characters converted from {source}",
        "The author's own version",
        "original",
        "made for an older version of the post",
    ),
    "zh-Hans": _Words(
        "由 {engine} 从{source}翻译",
        "由 {engine} 翻译",
        "由{source}转换字形",
        "作者自己的版本",
        "原文",
        "针对旧版本",
    ),
    "zh-Hant": _Words(
        "由 {engine} 從{source}翻譯",
        "由 {engine} 翻譯",
        "由{source}轉換字形",
        "作者自己的版本",
        "原文",
        "針對舊版本",
    ),
    "ja": _Words(
        "{source}から {engine} が翻訳",
        "{engine} による翻訳",
        "{source}から文字を変換",
        "投稿者自身による版",
        "原文",
        "編集前の投稿に対する訳",
    ),
    "ko": _Words(
        "{engine}: {source}에서 번역",
        "{engine}: 번역",
        "{source}에서 글자 변환",
        "작성자가 직접 쓴 글",
        "원문",
        "수정 전 글 기준",
    ),
    "es": _Words(
        "Traducido del {source} por {engine}",
        "Traducido por {engine}",
        "Caracteres convertidos del {source}",
        "Versión del propio autor",
        "original",
        "hecha para una versión anterior",
    ),
    "fr": _Words(
        "Traduit ({source}) par {engine}",
        "Traduit par {engine}",
        "Caractères convertis ({source})",
        "Version de l’auteur",
        "original",
        "faite pour une version antérieure",
    ),
    "de": _Words(
        "Aus {source} übersetzt von {engine}",
        "Übersetzt von {engine}",
        "Schriftzeichen umgewandelt ({source})",
        "Fassung des Autors",
        "Original",
        "zu einer älteren Fassung",
    ),
    "pt": _Words(
        "Traduzido de {source} por {engine}",
        "Traduzido por {engine}",
        "Caracteres convertidos de {source}",
        "Versão do próprio autor",
        "original",
        "feita para uma versão anterior",
    ),
    "it": _Words(
        "Tradotto da {source} con {engine}",
        "Tradotto con {engine}",
        "Caratteri convertiti da {source}",
        "Versione dell’autore",
        "originale",
        "fatta per una versione precedente",
    ),
    "nl": _Words(
        "Vertaald uit {source} door {engine}",
        "Vertaald door {engine}",
        "Tekens omgezet uit {source}",
        "Versie van de auteur",
        "origineel",
        "bij een oudere versie",
    ),
    "ru": _Words(
        "Перевод ({source}): {engine}",
        "Перевод: {engine}",
        "Иероглифы преобразованы ({source})",
        "Версия автора",
        "оригинал",
        "к прежней версии",
    ),
    "uk": _Words(
        "Переклад ({source}): {engine}",
        "Переклад: {engine}",
        "Ієрогліфи перетворено ({source})",
        "Версія автора",
        "оригінал",
        "до попередньої версії",
    ),
}


def line(*, target: str, source: str, engine: str, kind: str, url: str | None, outdated: bool = False) -> str:
    """Return the paragraph of safe HTML that goes below a translation.

    `target` is the reader's language, in which it is written where it can be, else English; `source` "" is a language
    that nobody recognised. `url` is where the original is; None, or an address that is not safe, leaves the link out.
    `outdated`: the post was changed since, and the translation was not.
    """
    words = _words(target)
    text = _sentence(words, source, kind).format(source=_kept(own_name(source)), engine=_kept(engine))
    if outdated:
        text = f"{text} · {html.escape(words.older)}"
    link = safe_link(url or "")
    if link is None:
        return f"<p>{text}</p>"
    return f'<p>{text} · <a href="{html.escape(link)}"{_LINK}{html.escape(words.original)}</a></p>'


def plain(*, target: str, source: str, engine: str, kind: str) -> str:
    """Return the same in plain text without the link, as short as can be: for push messages."""
    words = _words(target)
    sentence = words.by if kind == MACHINE else _sentence(words, source, kind)
    return sentence.format(source=own_name(source), engine=engine)


def older(engine: str, *, target: str) -> str:
    """Return whom a translation is by, and that the post was changed since, for a place that has the name alone."""
    return f"{engine} · {_words(target).older}"


def _sentence(words: _Words, source: str, kind: str) -> str:
    if kind == AUTHOR:
        return words.own
    if kind == CONVERSION and source:
        return words.converted
    return words.both if source else words.by


def _words(target: str) -> _Words:
    best = language.match(target, _WORDS)
    return _WORDS[best or "en"]


def _kept(name: str) -> str:
    # A reader's browser must not translate names that stand in a line about translation.
    return f'<span translate="no">{html.escape(name)}</span>'
