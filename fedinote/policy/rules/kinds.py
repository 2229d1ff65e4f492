"""What every kind of rule is given, and what it answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import re2

from fedinote.infra.app import App
from fedinote.policy.base import Subject
from fedinote.text.folding import fold
from fedinote.text.html import to_text
from fedinote.text.urls import host_of

MAX_TEXT = 100_000
_HREF = re.compile(r'<a\s[^<>]{0,2000}?href="([^"<>]{1,2048})"([^<>]{0,500})>')
_NAMING = re.compile(r'class="[^"]*\b(?:mention|hashtag)\b')


@dataclass(frozen=True, slots=True)
class Machine:
    """What an engine made of a post: plain text, in which language (BCP 47), and the engine's name."""

    language: str
    engine: str
    text: str


class Saying:
    """What a post says in one language. `where` tells moderators which words these are; "" for the author's own.

    `machine`: an engine made it, so that only rules that say `translations` look at it.
    """

    def __init__(self, raw: str, where: str = "", *, machine: bool = False) -> None:
        self.raw = raw[:MAX_TEXT]
        self.where = where
        self.machine = machine

    @cached_property
    def folded(self) -> str:
        """The same without disguises, see `text.folding.fold`."""
        return fold(self.raw)


class Judged:
    """A post under judgement: its subject, and the forms of its text, each made once for all rules.

    `at` is when it was written: now, but for posts that a rule is only tried on. `machines` are finished translations.
    `again`: it was judged when it came, so only what a machine says of it is news.
    """

    def __init__(
        self, subject: Subject, at: datetime, machines: Sequence[Machine] = (), *, again: bool = False
    ) -> None:
        self.subject = subject
        self.at = at
        self.again = again
        self._machines = machines

    @cached_property
    def own(self) -> Saying:
        """The words as they were written, the content warning first."""
        subject = self.subject
        return Saying("\n".join(filter(None, (subject.spoiler_text, to_text(subject.text[:MAX_TEXT])))))

    @property
    def raw(self) -> str:
        """The author's own words."""
        return self.own.raw

    @property
    def folded(self) -> str:
        """The same without disguises."""
        return self.own.folded

    @cached_property
    def sayings(self) -> tuple[Saying, ...]:
        """The post in all languages: as it was written, the versions that came with it, then what machines made."""
        return (self.own, *self._versions(), *self._made())

    def _versions(self) -> Iterator[Saying]:
        for tag, text in self.subject.versions.items():
            yield Saying(to_text(text[:MAX_TEXT]), f" in the version in {tag} that came with it")

    def _made(self) -> Iterator[Saying]:
        for one in self._machines:
            yield Saying(one.text, f" in its translation into {one.language} by {one.engine}", machine=True)

    @cached_property
    def link_hosts(self) -> tuple[str, ...]:
        """The hosts of all links but those to people and hashtags, in order; each version's."""
        found = [one for text in self._htmls() for one in _HREF.findall(text[:MAX_TEXT])]
        return tuple(host_of(href) or "" for href, rest in found if not _NAMING.search(rest) and not _names(href, rest))

    def _htmls(self) -> Iterator[str]:
        yield self.subject.text
        yield from self.subject.versions.values()


def _names(href: str, rest: str) -> bool:
    return 'rel="tag' in rest or "u-url" in rest


class Matcher(Protocol):
    """One rule, compiled."""

    async def match(self, app: App, judged: Judged) -> str | None:
        """Return why the rule catches a post, for moderators to read; None when it does not."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose posts a rule is about: `local`, `remote` or `all`; `spares`: from which level of trust on it leaves people
    alone (`policy.trust`), "" for nobody."""

    origin: str = "all"
    spares: str = ""

    def covers(self, subject: Subject) -> bool:
        """Tell whether a post is of the origin that is meant."""
        return self.origin == "all" or (self.origin == "local") == (subject.domain == "")


Terms = Mapping[str, Any]


def options(*, case_sensitive: bool = True) -> re2.Options:
    """Return how all expressions of rules are compiled: with a limit of memory, and without writing to the log."""
    found = re2.Options()
    found.max_mem = 32 << 20
    found.log_errors = False
    found.case_sensitive = case_sensitive
    return found
