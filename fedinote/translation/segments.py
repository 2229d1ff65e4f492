"""Cut a post into runs of plain text for an engine, and put the translated runs back where they came from.

No engine sees markup, links to people, tags or addresses, code, emoji or shortcodes: the text is cut around them,
so whatever comes back they are all there, in order, unchanged. Placeholders inside a sentence would give an engine
more context, but real engines alter them (spaces, brackets, letter case), and a lost mention cannot be repaired.

The HTML that goes in is what `text.html.sanitise` gave; what comes out must go through it again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

from fedinote.infra.errors import TooLarge, Unavailable
from fedinote.translation.masks import MASK, is_only_masked

MAX_CHARS = 100_000
MAX_RUN = 800

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*)>")
_ATTRIBUTE = re.compile(r"\b(class|rel|translate|href)\s*=\s*\"([^\"]*)\"")
_BLOCKS = re.compile(r"p|br|hr|pre|div|blockquote|[uod]l|li|d[td]|h[1-6]|table|thead|tbody|t[rdh]|figure|figcaption")
_OPAQUE = frozenset({"code", "pre", "kbd", "samp", "var", "tt", "rt", "rp", "math", "script", "style"})
_OPAQUE_CLASSES = frozenset({"mention", "hashtag", "notranslate", "quote-inline"})
_VOID = frozenset({"br", "hr", "img"})

_SPACES = " \t\n\r\f\v\xa0\u2002\u2003\u2009\u200a\u200b\u202f\u3000"
_OPENING = "([{（［【「『《〈“‘"
_CLOSING = ",.;:!?…)]}，。、；：！？）］】」』》〉”’"
_LEADING = _SPACES + _CLOSING + "-–—·•"
_TRAILING = _SPACES + _OPENING
_SENTENCE_END = re.compile(r"[。！？…]+[」』”’）]?|[.!?][\"')]?\s")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Scripts written without spaces between words: Chinese and Japanese, with their punctuation and full-width forms.
_WIDE = re.compile("[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Fixed:
    """A stretch that no engine touches: `raw` is put out as it is.

    `seen` is what a reader sees there, for the spaces around it: "" for an inline tag, a line break for a block.
    """

    raw: str
    seen: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of plain text to translate; it begins and ends with something visible."""

    text: str


Part = Fixed | Run


@dataclass(frozen=True, slots=True)
class Segmented:
    """A text cut into parts. `is_html` says whether runs are escaped when they are put back."""

    parts: tuple[Part, ...]
    is_html: bool

    @property
    def runs(self) -> tuple[str, ...]:
        """The plain texts for the engine, in order of reading; empty when there is nothing to translate."""
        return tuple(part.text for part in self.parts if isinstance(part, Run))

    def rebuild(self, translated: Sequence[str]) -> str:
        """Put the translated runs into their places; the answer is HTML when HTML was cut, else plain text.

        Whatever an engine says becomes text, never markup: sanitise HTML all the same. A run that came back
        empty keeps its original words. Another number of texts than of runs raises `Unavailable`.
        """
        count = len(self.runs)
        if len(translated) != count:
            raise Unavailable(reason=f"translation has {len(translated)} parts for {count} runs")
        answers = iter(translated)
        out: list[str] = []
        left = _Edge("\n", wide_source=False, run=False)
        gap = -1  # where a space between the last text and the next would stand: before tags that open, after others
        for part in self.parts:
            if isinstance(part, Fixed):
                source, text, written = part.seen, part.seen, part.raw
            else:
                source, text = part.text, _clean(next(answers)) or part.text
                written = _out(text, is_html=self.is_html)
            if gap < 0 and (text or not written.startswith("</")):
                gap = len(out)
                out.append("")
            if text:
                right = _Edge(text[0], wide_source=_is_wide(source[0]), run=isinstance(part, Run))
                out[gap] = " " if _needs_space(left, right) else ""
                left, gap = _Edge(text[-1], wide_source=_is_wide(source[-1]), run=right.run), -1
            out.append(written)
        return "".join(out)


def segment_html(html: str) -> Segmented:
    """Cut sanitised HTML at tags and around what must stay as it is.

    Raises `TooLarge` above `MAX_CHARS`. Broken markup is no error: from there on nothing is translated.
    """
    _check_size(html)
    tokens, rest = _tokens(html)
    ends = _closing_tags(tokens)
    parts: list[Part] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = at
        if isinstance(token, str):
            parts.extend(_cut(_unescaped(token), is_html=True))
        elif token.group(1) or not _is_opaque(tokens, at, ends.get(at, len(tokens) - 1)):
            parts.append(Fixed(token.group(), "\n" if _is_block(token) else ""))
        else:
            end = ends.get(at, len(tokens) - 1)
            raw = "".join(_raw(inner) for inner in tokens[at : end + 1])
            parts.append(Fixed(raw, "\n" if _is_block(token) else "x"))
        at = end + 1
    if rest:
        parts.append(Fixed(escape(rest, quote=False), rest))
    return Segmented(tuple(parts), is_html=True)


def segment_text(text: str) -> Segmented:
    """Cut plain text (a content warning, a poll option, a description) at its lines and around fixed items.

    Raises `TooLarge` above `MAX_CHARS`.
    """
    _check_size(text)
    parts: list[Part] = []
    for line in text.splitlines(keepends=True):
        words = line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        parts.extend(_cut(words, is_html=False))
        if len(words) < len(line):
            parts.append(Fixed(line[len(words) :], "\n"))
    return Segmented(tuple(parts), is_html=False)


@dataclass(frozen=True, slots=True)
class _Edge:
    """The visible character at one end of a part, and whether the source was in a script without spaces there."""

    char: str
    wide_source: bool
    run: bool


def _is_wide(char: str) -> bool:
    return _WIDE.match(char) is not None


def _needs_space(left: _Edge, right: _Edge) -> bool:
    """Chinese needs no space before a mention or between words, most other scripts do."""
    if not (left.run or right.run) or not (left.wide_source or right.wide_source):
        return False
    if left.char.isspace() or right.char.isspace() or _is_wide(left.char) or _is_wide(right.char):
        return False
    return left.char not in _OPENING and right.char not in _CLOSING


def _check_size(text: str) -> None:
    if len(text) > MAX_CHARS:
        raise TooLarge("The text is too long to be translated")


def _clean(answer: str) -> str:
    """An engine's answer on one line, without control characters and outer spaces."""
    return _CONTROLS.sub(" ", answer).strip(_SPACES)


def _unescaped(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a character reference of more digits than int() takes
        return text


Token = str | re.Match[str]


def _tokens(html: str) -> tuple[list[Token], str]:
    """Texts and tags by turns, and the rest from the first `<` that begins no tag ("" in sound HTML)."""
    tokens: list[Token] = []
    at = 0
    while at < len(html):
        tag = _TAG.match(html, at)
        if tag is not None:
            tokens.append(tag)
            at = tag.end()
            continue
        if html[at] == "<":
            return tokens, html[at:]
        end = html.find("<", at)
        end = len(html) if end < 0 else end
        tokens.append(html[at:end])
        at = end
    return tokens, ""


def _raw(token: Token) -> str:
    return token if isinstance(token, str) else token.group()


def _is_block(tag: re.Match[str]) -> bool:
    return _BLOCKS.fullmatch(tag.group(2).lower()) is not None


def _closing_tags(tokens: list[Token]) -> dict[int, int]:
    """Where each opening tag is closed, in one pass; tags that never are closed are left out."""
    waiting: dict[str, list[int]] = {}
    ends: dict[int, int] = {}
    for at, token in enumerate(tokens):
        if isinstance(token, str):
            continue
        name = token.group(2).lower()
        if name in _VOID:
            ends[at] = at
        elif not token.group(1):
            waiting.setdefault(name, []).append(at)
        elif waiting.get(name):
            ends[waiting[name].pop()] = at
    return ends


def _is_opaque(tokens: list[Token], at: int, end: int) -> bool:
    """Whether nothing inside the element that opens at `at` may be translated."""
    tag = tokens[at]
    assert not isinstance(tag, str)
    name = tag.group(2).lower()
    attributes = dict(_ATTRIBUTE.findall(tag.group(3)))
    if name in _OPAQUE or attributes.get("translate", "").lower() == "no":
        return True
    if not _OPAQUE_CLASSES.isdisjoint(attributes.get("class", "").split()):
        return True
    return name == "a" and _is_address(tokens[at + 1 : end], attributes)


def _is_address(inner: list[Token], attributes: dict[str, str]) -> bool:
    """Whether a link shows its own address, a person or a tag, and not words."""
    if "tag" in attributes.get("rel", "").split():
        return True
    for token in inner:
        # Mastodon hides the ends of long addresses in spans. A link in a link is not HTML: leave it alone.
        if not isinstance(token, str) and ('"invisible"' in token.group(3) or token.group(2).lower() == "a"):
            return True
    text = _unescaped("".join(token for token in inner if isinstance(token, str))).strip(_SPACES + "…")
    shown = "." in text and not any(char in text for char in _SPACES) and text in _unescaped(attributes.get("href", ""))
    return shown or is_only_masked(text)


def _cut(text: str, *, is_html: bool) -> Iterator[Part]:
    """Runs and what stands between them, of a text without markup."""
    at = 0
    for item in MASK.finditer(text):
        yield from _stretch(text[at : item.start()], is_html=is_html)
        yield Fixed(_out(item.group(), is_html=is_html), "x")
        at = item.end()
    yield from _stretch(text[at:], is_html=is_html)


def _stretch(text: str, *, is_html: bool) -> Iterator[Part]:
    for sentence in _short_enough(text.replace("\n", " ") if is_html else text):
        body = sentence.lstrip(_LEADING)
        before = sentence[: len(sentence) - len(body)]
        run = body.rstrip(_TRAILING)
        after = body[len(run) :]
        if not any(char.isalpha() for char in run):
            before, run, after = sentence, "", ""
        if before:
            yield Fixed(_out(before, is_html=is_html), before)
        if run:
            yield Run(run)
        if after:
            yield Fixed(_out(after, is_html=is_html), after)


def _out(text: str, *, is_html: bool) -> str:
    return escape(text, quote=False) if is_html else text


def _short_enough(text: str) -> Iterator[str]:
    """The text whole, or in pieces of whole sentences when it is longer than engines like."""
    at = 0
    while len(text) - at > MAX_RUN:
        window = text[at : at + MAX_RUN]
        ends = [match.end() for match in _SENTENCE_END.finditer(window)]
        cut = ends[-1] if ends else window.rfind(" ") + 1 or MAX_RUN
        yield text[at : at + cut]
        at += cut
    if at < len(text):
        yield text[at:]
