"""What every kind of rule is given, and what it answers."""

import re
from collections.abc import Mapping
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


class Judged:
    """A post under judgement: its subject, and the forms of its text, each made once for all rules.

    `at` is when it was written: now, but for posts that a rule is only tried on.
    """

    def __init__(self, subject: Subject, at: datetime, translated: str = "") -> None:
        self.subject = subject
        self.at = at
        self._translated = translated

    @cached_property
    def raw(self) -> str:
        """The words as they were written, the content warning first; what is known of them in other languages last."""
        subject = self.subject
        texts = (subject.spoiler_text, to_text(subject.text[:MAX_TEXT]), self._translated)
        return "\n".join(filter(None, texts))[:MAX_TEXT]

    @cached_property
    def folded(self) -> str:
        """The same without disguises, see `text.folding.fold`."""
        return fold(self.raw)

    @cached_property
    def link_hosts(self) -> tuple[str, ...]:
        """The hosts of all links but those to people and hashtags, in order."""
        found = _HREF.findall(self.subject.text[:MAX_TEXT])
        return tuple(host_of(href) or "" for href, rest in found if not _NAMING.search(rest) and not _names(href, rest))


def _names(href: str, rest: str) -> bool:
    return 'rel="tag' in rest or "u-url" in rest


class Matcher(Protocol):
    """One rule, compiled."""

    async def match(self, app: App, judged: Judged) -> str | None:
        """Return why the rule catches a post, for moderators to read; None when it does not."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose posts a rule is about: `local`, `remote` or `all`; followed people may be left alone."""

    origin: str = "all"
    spare_followed: bool = False

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
