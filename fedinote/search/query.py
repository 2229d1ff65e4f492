"""What a person typed, read as Mastodon reads it: words, "phrases", -without, and operators like from: and has:.

https://docs.joinmastodon.org/user/discover/ (Search). What only looks like an operator is taken for words, so no text
is an error.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from fedinote.infra.clock import to_ms
from fedinote.search import words
from fedinote.search.words import FACET, Piece
from fedinote.text import language
from fedinote.text.cjk import MAX_TOKEN

MAX_TERMS = 32
"""How many words, phrases and operators of one query count; more are ignored."""
MAX_PEOPLE = 4
HAS = frozenset({"media", "image", "video", "audio", "poll", "link", "quote"})
Scope = Literal["all", "library", "public"]

_CLAUSE = re.compile(
    r'([+-]?)(?:(from|has|is|in|language|before|after|during)[:\uff1a])?(?:"([^"]*)"?|(\S+))', re.IGNORECASE
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂«»", '"'))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """Something that a post must say, or (`negated`) must not. `tokens` are in the index of every post that says it.

    `pattern` is in its joined text exactly then; `exact`: having the tokens is enough.
    """

    tokens: tuple[str, ...]
    pattern: str
    exact: bool
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose post it must be, or (`negated`) must not: a handle, or "me"."""

    handle: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when (epoch ms, the end excluded) it must be published, or (`negated`) not."""

    start: int
    end: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query, read. `reply`, `sensitive` and `embed` (a film or player) are what a post must be (None: either)."""

    terms: tuple[Term, ...] = ()
    senders: tuple[Sender, ...] = ()
    spans: tuple[Span, ...] = ()
    reply: bool | None = None
    sensitive: bool | None = None
    embed: bool | None = None
    scope: Scope = "all"

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return replace(self, scope="all") == Wanted()


def parse(text: str) -> Wanted:
    """Read a query. Never raises."""
    wanted = Wanted()
    for number, found in enumerate(_CLAUSE.finditer(text.translate(_QUOTES))):
        if number == MAX_TERMS:
            break
        sign, operator, phrase, word = found.groups()
        negated = sign == "-"
        value = phrase if word is None else word.strip('"')
        with_operator = _operator(wanted, operator.lower(), value, negated) if operator else None
        if with_operator is None:
            said = f"{operator} {value}" if operator else value
            added = _phrase(said, negated) if word is None else _words(said, negated)
            with_operator = replace(wanted, terms=wanted.terms + added)
        wanted = with_operator
    return wanted


def _operator(wanted: Wanted, name: str, value: str, negated: bool) -> Wanted | None:
    """Add an operator; None where the value is none that it can have."""
    value = value.strip().lower()
    match name:
        case "from":
            return _sender(wanted, value, negated)
        case "has" if value == "embed":  # what a link leads to is known later than the post is
            return replace(wanted, embed=not negated)
        case "has":
            return _with_facet(wanted, value, negated) if value in HAS else None
        case "is":
            return _kind(wanted, value, negated)
        case "in":
            return _scope(wanted, value, negated)
        case "language":
            tag = language.canonical(value)
            return None if tag is None else _with_facet(wanted, plain_tag(tag), negated)
        case _:
            return _span(wanted, name, value, negated)


def _sender(wanted: Wanted, handle: str, negated: bool) -> Wanted | None:
    if not handle.strip("@") or len(wanted.senders) == MAX_PEOPLE:
        return None
    return replace(wanted, senders=(*wanted.senders, Sender(handle.removeprefix("@"), negated)))


def _kind(wanted: Wanted, value: str, negated: bool) -> Wanted | None:
    if value == "reply":
        return replace(wanted, reply=not negated)
    return replace(wanted, sensitive=not negated) if value == "sensitive" else None


def _with_facet(wanted: Wanted, name: str, negated: bool) -> Wanted:
    return replace(wanted, terms=(*wanted.terms, facet(name, negated)))


def facet(name: str, negated: bool = False) -> Term:
    """Return the term for what a post is rather than says."""
    return Term((FACET + name,), f" {FACET}{name} ", True, negated)


def plain_tag(tag: str) -> str:
    """Return a language tag as a word: the index parts words at hyphens."""
    return tag.lower().replace("-", "")


def _scope(wanted: Wanted, value: str, negated: bool) -> Wanted | None:
    if value not in ("all", "library", "public") or (negated and value == "all"):
        return None
    other: dict[str, Scope] = {"library": "public", "public": "library"}
    scope: Scope = other[value] if negated else value  # type: ignore[assignment]
    return replace(wanted, scope=scope)


def _span(wanted: Wanted, name: str, value: str, negated: bool) -> Wanted | None:
    """Add a day (UTC): before it begins, after it ends, during it."""
    try:
        begins = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
        start, end = to_ms(begins), to_ms(begins + _DAY)
    except (ValueError, OverflowError):
        return None
    far = 1 << 62
    bounds = {"before": (-far, start), "after": (end, far), "during": (start, end)}[name]
    return replace(wanted, spans=(*wanted.spans, Span(*bounds, negated)))


def _phrase(text: str, negated: bool) -> tuple[Term, ...]:
    found = words.pieces(text)
    return (_term(found, negated),) if found else ()


def _words(text: str, negated: bool) -> tuple[Term, ...]:
    """Return terms for what was typed without a space: runs each for itself, words as a phrase (as in `a-b.c`)."""
    if text.startswith(("#", "＃")):
        return _hashtag(text, negated)
    terms: list[Term] = []
    row: list[Piece] = []
    found = words.pieces(text)
    if negated:  # not all of it together, rather than none of its parts
        return (_term(found, True),) if found else ()
    for piece in found:
        if piece.run:
            terms += [_term(row)] if row else []
            terms.append(_term([piece]))
            row = []
        else:
            row.append(piece)
    return tuple([*terms, _term(row)] if row else terms)


def _hashtag(text: str, negated: bool) -> tuple[Term, ...]:
    name = tag_word(text[1:])
    return (facet(name, negated),) if name else ()


def tag_word(name: str) -> str:
    """Return a hashtag as one word of the index, "" when there is nothing of it."""
    folded = "".join(piece.text for piece in words.pieces(name))
    return f"#{folded}".replace("#", "\ue001")[:MAX_TOKEN] if folded else ""


def _term(found: list[Piece], negated: bool = False) -> Term:
    if len(found) == 1:
        text, run = found[0]
        short = not run or len(text) <= 2
        tokens = tuple(words.pairs(text)) if run and len(text) > 1 else (text,)
        return Term(tuple(dict.fromkeys(tokens)), words.pattern(found), short, negated)
    tokens = tuple(dict.fromkeys(one for piece in found for one in _term([piece]).tokens))
    return Term(tokens, words.pattern(found), False, negated)


def plain_words(text: str) -> str:
    """Return the words that a query looks for, as they were typed, without operators and what is not wanted.

    "" where a part is in quotes, which ask for just these words, and where there are hashtags or no words at all.
    """
    said: list[str] = []
    for found in _CLAUSE.finditer(text.translate(_QUOTES)):
        sign, operator, phrase, word = found.groups()
        if phrase is not None or (word is not None and word.startswith(("#", "＃"))):
            return ""
        if sign != "-" and not operator:
            said.append(word)
    return " ".join(said)
