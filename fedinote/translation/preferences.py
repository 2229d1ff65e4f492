"""What each person wants translated without asking: the mode, the languages, the exceptions; and who reads that way.

Those who have anything translated unasked (`readers`) are few and kept in memory, so that nobody else costs a query.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.text import language
from fedinote.translation.ledger import Purpose

MAX_LANGUAGES = 50
MAX_ACCOUNTS = 500
_KEPT = timedelta(seconds=15)
"""How long another process may not know of a change; in the same process it counts at once."""
_CACHE = "translation readers"
_CHINESE = ("zh", "cmn")
_DISTINCT = ("pt-BR", "pt-PT", "zh-TW", "zh-HK")  # regions that engines, and converters of characters, tell apart


class Mode(StrEnum):
    """How a translation reaches a reader."""

    BUTTON = "button"
    """Only when asked for."""
    APPEND = "append"
    """Below the author's own words."""
    REPLACE = "replace"
    """In place of the author's words, which the translate button then brings back."""


class Rule(StrEnum):
    """An exception from the mode."""

    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's wishes. `understood` are canonical tags besides the target; the rules are by tag and account id."""

    mode: Mode = Mode.BUTTON
    target: str = "en"
    understood: tuple[str, ...] = ()
    languages: Mapping[str, Rule] = field(default_factory=dict)
    accounts: Mapping[int, Rule] = field(default_factory=dict)

    @property
    def automatic(self) -> bool:
        """Whether anything at all is translated unasked."""
        rules = (*self.languages.values(), *self.accounts.values())
        return self.mode is not Mode.BUTTON or Rule.ALWAYS in rules

    def way(self, author_id: int, source: str) -> Mode:
        """Return how a text by this author in this language ("" for one that nobody recognised) is shown.

        A language that is understood is never translated. An exception about the author counts before one about the
        language, that before the mode; where the mode is the button, what is "always" translated is appended.
        """
        if source and self.understands(source):
            return Mode.BUTTON
        rule = self.accounts.get(author_id) or self._rule_of(source)
        if rule is None:
            return self.mode
        if rule is Rule.NEVER:
            return Mode.BUTTON
        return Mode.APPEND if self.mode is Mode.BUTTON else self.mode

    def may_want(self, author_id: int) -> bool:
        """Tell whether anything of this author may be translated unasked; the language of a text decides the rest."""
        rule = self.accounts.get(author_id)
        if rule is not None:
            return rule is Rule.ALWAYS
        return self.mode is not Mode.BUTTON or Rule.ALWAYS in self.languages.values()

    def understands(self, source: str) -> bool:
        """Tell whether a text in this language needs no translation for this person."""
        return _reads((self.target, *self.understood), source)

    def _rule_of(self, source: str) -> Rule | None:
        exact = self.languages.get(source)
        if exact is not None or not source or not self.languages:
            return exact
        return next((rule for tag, rule in self.languages.items() if _reads((tag,), source)), None)


@lru_cache(maxsize=4096)
def _reads(languages: tuple[str, ...], source: str) -> bool:
    # Asked for every post of a page, always with the same few tags.
    return language.reads(languages, source)


def target_of(tag: str) -> str | None:
    """Return the tag under which translations into a language are kept, so that readers share them; None for no tag.

    Chinese is kept by its script, other languages without their region, except where regions make a difference.
    """
    known = language.canonical(tag)
    if known is None:
        return None
    base = known.partition("-")[0]
    if known in _DISTINCT or base == "yue":
        return known if known in _DISTINCT else base
    if base in _CHINESE:
        return f"zh-{language.script_of(known) or 'Hans'}"
    script = language.script_of(known)
    return f"{base}-{script}" if script else base


# -- keeping ----------------------------------------------------------------------------------------------------------

_MINE = """SELECT u.locale, p.mode, p.target, p.understood, p.languages FROM accounts a
 LEFT JOIN users u ON u.account_id = a.id LEFT JOIN translation_preferences p ON p.account_id = a.id WHERE a.id = ?"""
_RULES = "SELECT author_id, rule FROM translation_exceptions WHERE account_id = ? ORDER BY id"


async def of(app: App, account_id: int) -> Preferences:
    """Return a person's preferences; who never chose has the button, into the language of the interface.

    `NotFound` for an account that does not exist.
    """
    own, rules = await app.db.many((_MINE, (account_id,)), (_RULES, (account_id,)))
    if not own:
        raise NotFound
    row = own[0]
    accounts = {one["author_id"]: Rule(one["rule"]) for one in rules}
    if row["mode"] is None:
        return Preferences(target=target_of(row["locale"] or "en") or "en", accounts=accounts)
    return replace(_read(row), accounts=accounts)


def _read(row: Row) -> Preferences:
    languages: dict[str, str] = msgspec.json.decode(row["languages"])
    return Preferences(
        mode=Mode(row["mode"]),
        target=row["target"],
        understood=tuple(msgspec.json.decode(row["understood"])),
        languages={tag: Rule(rule) for tag, rule in languages.items()},
    )


async def store(app: App, account_id: int, wanted: Preferences) -> None:
    """Keep a person's preferences, but for the exceptions by account. `Invalid` for more than 50 languages."""
    if len(wanted.understood) + len(wanted.languages) > MAX_LANGUAGES:
        raise Invalid(f"Validation failed: At most {MAX_LANGUAGES} languages can be named")
    async with app.db.transaction():
        await _write(app, account_id, wanted)


async def _write(app: App, account_id: int, wanted: Preferences) -> None:
    await app.db.execute(
        "INSERT INTO translation_preferences (account_id, mode, target, understood, languages, automatic, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account_id) DO UPDATE SET mode = excluded.mode,"
        " target = excluded.target, understood = excluded.understood, languages = excluded.languages,"
        " automatic = excluded.automatic, updated_at = excluded.updated_at",
        account_id,
        wanted.mode.value,
        wanted.target,
        msgspec.json.encode(wanted.understood).decode(),
        msgspec.json.encode(dict(wanted.languages)).decode(),
        wanted.automatic,
        app.now(),
    )
    forget(app)


async def except_account(app: App, account_id: int, author_id: int, rule: Rule | None) -> None:
    """Make an exception for an author, or (None) end it. `NotFound`: no such account; `Invalid`: oneself, too many."""
    if author_id == account_id:
        raise Invalid("Validation failed: Your own posts are never translated for you")
    async with app.db.transaction():
        if rule is None:
            await app.db.execute(
                "DELETE FROM translation_exceptions WHERE account_id = ? AND author_id = ?", account_id, author_id
            )
        else:
            await _add(app, account_id, author_id, rule)
        await _write(app, account_id, await of(app, account_id))


async def _add(app: App, account_id: int, author_id: int, rule: Rule) -> None:
    there = await app.db.row("SELECT 1 AS value FROM accounts WHERE id = ? AND deleted_at IS NULL", author_id)
    if there is None:
        raise NotFound
    await app.db.execute(
        "INSERT INTO translation_exceptions (account_id, author_id, rule) VALUES (?, ?, ?)"
        " ON CONFLICT (account_id, author_id) DO UPDATE SET rule = excluded.rule",
        account_id,
        author_id,
        rule.value,
    )
    count = await app.db.value("SELECT COUNT(*) AS value FROM translation_exceptions WHERE account_id = ?", account_id)
    if count > MAX_ACCOUNTS:
        raise Invalid(f"Validation failed: At most {MAX_ACCOUNTS} accounts can be excepted")


def mode(text: str) -> Mode:
    """Read a mode. `Invalid` says which there are."""
    try:
        return Mode(text)
    except ValueError as error:
        raise Invalid(f"Validation failed: Mode must be one of {', '.join(Mode)}") from error


def rule(text: str) -> Rule:
    """Read a rule. `Invalid` says which there are."""
    try:
        return Rule(text)
    except ValueError as error:
        raise Invalid(f"Validation failed: Rule must be one of {', '.join(Rule)}") from error


def target(text: str) -> str:
    """Read a language to translate into. `Invalid` for what is no tag."""
    return _tag(target_of(text), text)


def known(text: str) -> str:
    """Read a language that texts are in. `Invalid` for what is no tag."""
    return _tag(language.canonical(text), text)


def _tag(found: str | None, text: str) -> str:
    if found is None:
        raise Invalid(f"Validation failed: {text[:35]} is not a valid BCP 47 tag")
    return found


# -- who reads translations -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Readers:
    people: Mapping[int, Preferences]
    until: datetime | None


_AUTOMATIC = "SELECT account_id, mode, target, understood, languages FROM translation_preferences WHERE automatic"
_EXCEPTED = """SELECT e.account_id, e.author_id, e.rule FROM translation_exceptions e
 JOIN translation_preferences p ON p.account_id = e.account_id AND p.automatic"""


async def readers(app: App) -> Mapping[int, Preferences]:
    """Return all whom something is translated for unasked, by account id. From memory, as a rule.

    With several processes (the bus has a relay) what another one changed is known here 15 seconds later.
    """
    kept: _Readers | None = app.caches.get(_CACHE)
    if kept is not None and (kept.until is None or kept.until > app.now()):
        return kept.people
    marker = app.caches[_CACHE] = kept or _Readers({}, app.now())
    rows, exceptions = await app.db.many((_AUTOMATIC, ()), (_EXCEPTED, ()))
    accounts: dict[int, dict[int, Rule]] = {}
    for one in exceptions:
        accounts.setdefault(one["account_id"], {})[one["author_id"]] = Rule(one["rule"])
    people = {row["account_id"]: replace(_read(row), accounts=accounts.get(row["account_id"], {})) for row in rows}
    if app.caches.get(_CACHE) is marker:  # nobody changed anything while this was read
        app.caches[_CACHE] = _Readers(people, None if app.bus.relay is None else app.now() + _KEPT)
    return people


async def reader(app: App, account_id: int | None) -> Preferences | None:
    """Return the preferences of somebody for whom something is translated unasked; None for everybody else."""
    return None if account_id is None else (await readers(app)).get(account_id)


def forget(app: App) -> None:
    """Read all readers anew from now on, and again once the running transaction is committed."""
    app.caches.pop(_CACHE, None)
    app.db.after_commit(lambda: app.caches.pop(_CACHE, None))


async def wanted(app: App, *, author_id: int, source: str, into: str, purpose: Purpose = Purpose.AHEAD) -> bool:
    """Tell whether anybody wants this author's posts in that language translated unasked into the target.

    For moderation that is so whenever it is another language.
    """
    if purpose is Purpose.MODERATION:
        return not (source and language.same(source, into))
    people: Iterable[tuple[int, Preferences]] = (await readers(app)).items()
    return any(
        one.target == into and account_id != author_id and one.way(author_id, source) is not Mode.BUTTON
        for account_id, one in people
    )


def entity(own: Preferences) -> dict[str, Any]:
    """Return preferences as plain values, as clients get them."""
    return {
        "mode": own.mode.value,
        "target": own.target,
        "understood": list(own.understood),
        "languages": {tag: one.value for tag, one in own.languages.items()},
        "accounts": {str(one): named.value for one, named in own.accounts.items()},
        "automatic": own.automatic,
    }
