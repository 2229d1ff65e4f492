"""The author's plain text becomes HTML, in the forms that Mastodon's clients and servers know.

Every pattern here is linear: a match never starts by scanning what another start has scanned already.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from fedinote.text import graphemes
from fedinote.text.urls import safe_url

URL_LENGTH = 23
"""What any URL counts for in `length`, as in Mastodon (`StatusLengthValidator::URL_PLACEHOLDER_CHARS`)."""

_SHOWN_OF_URL = 30
_MAX_TAG = 255
# Letters are not all of a word: Indic and Arabic vowel signs are marks, which \w leaves out (Basic Multilingual Plane).
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711-\u07f3\u07fd\u0816-\u082d\u0859-\u085b\u0898-\u08e1\u08e3-\u0963"
    "\u0981-\u09e3\u09fe-\u0a75\u0a81-\u0ae3\u0afa-\u0b63\u0b82-\u0bd7\u0c00-\u0c63\u0c81-\u0c83\u0cbc-\u0d4d"
    "\u0d57-\u0d63\u0d81-\u0df3\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ece\u0f18-\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f84"
    "\u0f86-\u0fbc\u0fc6\u102b-\u103e\u1056-\u109d\u135d-\u135f\u1712-\u1734\u1752-\u17d3\u17dd\u180b-\u180d"
    "\u180f-\u193b\u1a17-\u1a1b\u1a55-\u1a7f\u1ab0-\u1b44\u1b6b-\u1b73\u1b80-\u1bf3\u1c24-\u1c37\u1cd0-\u1cd2"
    "\u1cd4-\u1dff\u20d0-\u20dc\u20e1\u20e5-\u20f0\u2cef-\u2cf1\u2d7f-\u2dff\u302a-\u302f\u3099-\u309a\ua66f"
    "\ua674-\ua67d\ua69e-\ua6f1\ua802-\ua827\ua82c\ua880-\ua8c5\ua8e0-\ua8f1\ua8ff-\ua92d\ua947-\ua953\ua980-\ua9c0"
    "\ua9e5-\uaa4d\uaa7b-\uaac1\uaaeb-\uaaef\uaaf5-\uaaf6\uabe3-\uabea\uabec-\uabed\ufb1e\ufe20-\ufe2f"
)
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
# A URL ends where Chinese or Japanese punctuation begins: such text has no space after it.
_NOT_IN_URL = (
    r"\s\x00-\x20<>\"\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff\u3000-\u3002\u3008-\u3011"
    r"\u2018-\u201f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
)
_LABEL = r"(?:[A-Za-z0-9_-]{1,63}|[^\W\x00-\x7f]{1,63})"
_URL = (
    rf"(?<![A-Za-z0-9@$#_])https?://(?:localhost|(?:{_LABEL}\.){{1,32}}{_LABEL}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"
    rf"(?:[/?#][^{_NOT_IN_URL}]*)?"
)
_HOST = r"\w(?:[\w.-]{0,252}\w)?(?::[0-9]{2,5}(?!\w))?"
_MENTION = rf"(?:(?<![\w=/@])|(?<=[{_CJK}]))@([A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*)(?:@({_HOST}))?"
_HASHTAG = rf"(?<![\w=/&)])[#＃]([\w{_MARKS}\u00b7\u30fb\u200c]+)"
_ENTITY = re.compile(f"({_URL})|{_MENTION}|{_HASHTAG}", re.IGNORECASE)
_EMOJI = re.compile(r"(?<![A-Za-z0-9_:]):([A-Za-z0-9_]{2,64}):(?![A-Za-z0-9_:])")
_PREFIX = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_TAG_NAME = re.compile(rf"\w[\w{_MARKS}\u00b7\u30fb\u200c]*")
_NO_LETTER = re.compile(r"[\d_\u00b7\u30fb\u200c]+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PARAGRAPHS = re.compile(r"\n{2,}")


@dataclass(frozen=True, slots=True)
class MentionTarget:
    """Whom a handle means: `acct` ("user" or "user@host"), the profile page to link, and the ActivityPub id."""

    acct: str
    url: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Hashtag:
    """A hashtag: `name` is the key (NFKC, lower case, without "#"), `display` is what the author wrote."""

    name: str
    display: str


@dataclass(frozen=True, slots=True)
class _Entity:
    """Something to be linked in the text; exactly one of the three is set."""

    start: int
    end: int
    url: str = ""
    handle: str = ""
    tag: Hashtag | None = None


def compose(text: str, *, mentions: Mapping[str, MentionTarget], tag_url: Callable[[str], str]) -> str:
    """Return the HTML of a post written as plain text.

    `mentions` maps the handles of `find_mentions` to accounts; other handles stay text. `tag_url` gives the page of a
    hashtag by its name. An empty line starts a paragraph, a newline a `<br>`. Blank text gives "".
    """
    text = _tidy(text).strip()
    if not text:
        return ""
    clashing = _clashing_names(mentions)
    parts: list[str] = []
    position = 0
    for entity in _entities(text):
        parts.append(escape(text[position : entity.start]))
        parts.append(_render(entity, text, mentions, clashing, tag_url))
        position = entity.end
    parts.append(escape(text[position:]))
    body = "</p><p>".join(_PARAGRAPHS.split("".join(parts)))
    return "<p>" + body.replace("\n", "<br>") + "</p>"


def find_mentions(text: str) -> list[str]:
    """Return the handles in the text, "user" or "user@host" in lower case, each once, in order.

    Those within URLs and e-mail addresses are not handles. A host may carry a port.
    """
    return list(dict.fromkeys(entity.handle for entity in _entities(_tidy(text)) if entity.handle))


def find_hashtags(text: str) -> list[Hashtag]:
    """Return the hashtags in the text, each name once (as first written), in order; "#123" is none."""
    found: dict[str, Hashtag] = {}
    for entity in _entities(_tidy(text)):
        if entity.tag:
            found.setdefault(entity.tag.name, entity.tag)
    return list(found.values())


def find_emoji(text: str) -> list[str]:
    """Return the shortcodes of `:shortcode:` in the text, each once, in order, in the case they are written."""
    return list(dict.fromkeys(_EMOJI.findall(text)))


def find_urls(text: str) -> list[str]:
    """Return the http and https URLs that `compose` would link, each once, in order."""
    return list(dict.fromkeys(entity.url for entity in _entities(_tidy(text)) if entity.url))


def length(text: str) -> int:
    """Return what the text counts against the limit: a URL 23, a remote mention only its local part.

    Counts what a reader calls characters, as Mastodon and its clients do: a joined emoji, a letter with marks are one.
    """
    text = _tidy(text)
    total, position = 0, 0
    for entity in _entities(text):
        if entity.tag:
            continue
        total += graphemes.count(unicodedata.normalize("NFC", text[position : entity.start]))
        total += URL_LENGTH if entity.url else 1 + len(entity.handle.partition("@")[0])
        position = entity.end
    return total + graphemes.count(unicodedata.normalize("NFC", text[position:]))


def _tidy(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _entities(text: str) -> Iterator[_Entity]:
    """Find URLs, mentions and hashtags from left to right, so that none lies within another."""
    position = 0
    while match := _ENTITY.search(text, position):
        start, position = match.span()
        if match[1]:
            url = _without_trailing_punctuation(match[1])
            position = start + len(url)
            yield _Entity(start, position, url=url)
        elif match[2]:
            handle = f"{match[2]}@{match[3]}" if match[3] else match[2]
            yield _Entity(start, position, handle=handle.lower())
        elif tag := _hashtag(match[4]):
            yield _Entity(start, start + 1 + len(tag.display), tag=tag)


def _without_trailing_punctuation(url: str) -> str:
    """Cut what ends the sentence rather than the URL; a bracket is cut only where none was opened."""
    surplus = {")": url.count(")") - url.count("("), "]": url.count("]") - url.count("[")}
    end = len(url)
    while end:
        last = url[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in ".,;:!?'*_~…":
            break
        end -= 1
    return url[:end]


def _hashtag(written: str) -> Hashtag | None:
    display = written.rstrip("\u00b7\u30fb\u200c")
    if not display or len(display) > _MAX_TAG or _NO_LETTER.fullmatch(display) or not _TAG_NAME.fullmatch(display):
        return None
    name = unicodedata.normalize("NFKC", display).lower()
    # NFKC can bring forth spaces and signs (U+FDFA becomes four words): then it is no name.
    return Hashtag(name, display) if _TAG_NAME.fullmatch(name) and not _NO_LETTER.fullmatch(name) else None


def _clashing_names(mentions: Mapping[str, MentionTarget]) -> frozenset[str]:
    """Return the local parts that two accounts share: these are shown in full."""
    seen: dict[str, str] = {}
    clashing: set[str] = set()
    for target in mentions.values():
        name = target.acct.partition("@")[0].lower()
        if seen.setdefault(name, target.acct) != target.acct:
            clashing.add(name)
    return frozenset(clashing)


def _render(
    entity: _Entity,
    text: str,
    mentions: Mapping[str, MentionTarget],
    clashing: frozenset[str],
    tag_url: Callable[[str], str],
) -> str:
    if entity.url:
        return _link(entity.url)
    if entity.tag:
        href, display = escape(tag_url(entity.tag.name)), escape(entity.tag.display)
        return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{display}</span></a>'
    target = mentions.get(entity.handle)
    page = safe_url(target.url) if target else None
    if target is None or page is None:
        return escape(text[entity.start : entity.end])
    name = target.acct.partition("@")[0]
    shown = target.acct if name.lower() in clashing else name
    link = f'<a href="{escape(page)}" class="u-url mention">@<span>{escape(shown)}</span></a>'
    return f'<span class="h-card" translate="no">{link}</span>'


def _link(url: str) -> str:
    """Link a URL; the scheme and what is beyond 30 characters are there, but hidden (Mastodon's `TextFormatter`)."""
    target = safe_url(url)
    if target is None:
        return escape(url)
    matched = _PREFIX.match(url)
    cut = matched.end() if matched else 0
    prefix, shown, rest = url[:cut], url[cut : cut + _SHOWN_OF_URL], url[cut + _SHOWN_OF_URL :]
    kind = "ellipsis" if rest else ""
    return (
        f'<a href="{escape(target)}" target="_blank" rel="nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{escape(prefix)}</span><span class="{kind}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(rest)}</span></a>'
    )
