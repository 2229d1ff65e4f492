"""Language versions of one object and who made them: the `translations` of FEP-22cd.

An object with several languages in its `contentMap` has one id, one thread and one set of reactions. A language
without an entry here was written by the author.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.activitypub.render_actors import instant
from fedinote.activitypub.shapes import first, items, language_tag, line, reference, types, web_uri, when

MAX_VERSIONS = 50
MAX_TRANSLATORS = 10
MAX_NAME = 100

MACHINES = frozenset({"Application", "Service"})
"""Types of actors that are programs; with one of these alone nobody has reviewed the text."""


@dataclass(frozen=True, slots=True)
class Version:
    """A translation of an object into `language` (as written). `translators` are ids of actors, in no order.

    `kinds` are their types where they came embedded, else "". `source_updated` is the version of the object that it
    was reviewed against, None: nothing is said. `name` is what a reader may be shown of the program, or "".
    """

    language: str
    translators: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    source_updated: datetime | None = None
    name: str = ""


def parse_versions(document: dict[str, Any], identity: str, languages: Collection[str]) -> tuple[Version, ...]:
    """The translations of an object with this id; entries for no language of its maps, or of other works, are dropped.

    Nothing in them gives anybody a right over the object. The first entry of a language counts.
    """
    found: dict[str, Version] = {}
    for entry in items(document.get("translations"))[:MAX_VERSIONS]:
        version = _version(entry, identity) if isinstance(entry, dict) else None
        if version is not None and version.language in languages:
            found.setdefault(version.language, version)
    return tuple(found.values())


def _version(entry: dict[str, Any], identity: str) -> Version | None:
    language, work = language_tag(first(entry.get("inLanguage"))), reference(entry.get("translationOfWork"))
    named = {uri: one for one in items(entry.get("translator"))[:MAX_TRANSLATORS] if (uri := web_uri(one))}
    if language is None or not named or work not in (None, identity):
        return None
    kinds = tuple(next(iter(types(one)), "") if isinstance(one, dict) else "" for one in named.values())
    updated = when(entry.get("sourceUpdated"))
    return Version(language, tuple(named), kinds, updated, line(entry.get("name"), MAX_NAME))


def judged(kinds: Collection[str]) -> tuple[bool | None, bool]:
    """(machine, reviewed) of a translation by actors of these types; machine is None where a type is not known.

    Programs alone: nobody reviewed it. Programs and others: reviewed. Others alone: people translated.
    """
    machines = sum(kind in MACHINES for kind in kinds)
    if not kinds or not all(kinds):
        return None, False
    return machines > 0, 0 < machines < len(kinds)


def rendered(version: Version, identity: str) -> dict[str, Any]:
    """The document of one translation, for the `translations` of the object with this id."""
    document: dict[str, Any] = {
        "type": "Translation",
        "inLanguage": version.language,
        "translator": list(version.translators),
        "translationOfWork": identity,
    }
    if version.name:
        document["name"] = version.name
    if version.source_updated:
        document["sourceUpdated"] = instant(version.source_updated)
    return document
