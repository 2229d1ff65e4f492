"""The rules of the house: texts with hints and translations, in an order, each with a number that stays.

They are kept in the database and edited in the browser, unless the settings file gives `instance.rules`: then those
hold, numbered by their order, with translations from files (`moderation.house.texts`). While nobody wrote any, it
is the default rule. Their texts are also laid into the settings (`infra.choices`), so that all processes hear
of a change.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec

from fedinote.infra import choices
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.infra.settings import Settings
from fedinote.moderation import audit
from fedinote.moderation.house import texts
from fedinote.moderation.moderator import Moderator, Power
from fedinote.text import language

KEY = "instance.rules"
MAX_RULES = 50
MAX_TEXT = 1000
MAX_HINT = 3000
_CACHE = "house-rules"
_KEPT = timedelta(seconds=10)
_COLUMNS = "id, position, text, hint, translations, removed_at"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a rule says in one language; `hint` explains it, "" for none."""

    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that holds, or held (`removed`). `number` is what reports and apps call it by."""

    number: int
    text: str
    hint: str = ""
    translations: Mapping[str, Wording] = field(default_factory=dict)
    removed: bool = False

    def wording(self, reader: str) -> tuple[str, Wording]:
        """Return what it says to readers of a language, and the tag of that: "" where it is in the house's own."""
        tag = language.match(reader, self.translations)
        return (tag, self.translations[tag]) if tag else ("", Wording(self.text, self.hint))


async def listing(app: App) -> tuple[Rule, ...]:
    """Return the rules that hold, in order. At most ten seconds old in other processes."""
    return tuple(rule for rule in await everything(app) if not rule.removed)


async def everything(app: App) -> tuple[Rule, ...]:
    """Return the rules that hold, in order, and then those that held once."""
    now = app.now()
    kept = app.caches.get(_CACHE)
    if kept is None or kept[0] <= now:
        kept = app.caches[_CACHE] = (now + _KEPT, await _read(app))
    found: tuple[Rule, ...] = kept[1]
    return found


async def find(app: App, number: int) -> Rule:
    """Return a rule that holds. Raises NotFound."""
    for rule in await listing(app):
        if rule.number == number:
            return rule
    raise NotFound("There is no such rule")


async def on_settings_renewed(app: App, _: Settings) -> None:
    """Read the rules anew."""
    app.caches.pop(_CACHE, None)


def place(app: App) -> str:
    """Return where the rules are given outside of the database, "" when they can be edited in the browser."""
    return choices.place_of(app, KEY)


async def _read(app: App) -> tuple[Rule, ...]:
    rows = [] if place(app) else await _rows(app)
    if rows:
        return tuple(map(_rule, rows))
    return await asyncio.to_thread(_from_settings, app.settings)


async def _rows(app: App) -> list[Row]:
    return await app.db.rows(
        f"SELECT {_COLUMNS} FROM house_rules"  # noqa: S608
        " ORDER BY CASE WHEN removed_at IS NULL THEN 0 ELSE 1 END, position, id"
    )


def _rule(row: Row) -> Rule:
    translations = {tag: Wording(**one) for tag, one in msgspec.json.decode(row["translations"]).items()}
    return Rule(row["id"], row["text"], row["hint"], translations, row["removed_at"] is not None)


def _from_settings(settings: Settings) -> tuple[Rule, ...]:
    others = texts.rules(settings)
    return tuple(
        Rule(
            number, text, "", {tag: Wording(lines[number - 1]) for tag, lines in others.items() if number <= len(lines)}
        )
        for number, text in enumerate(settings.instance.rules, start=1)
    )


async def add(app: App, wording: Wording, *, by: Moderator | None) -> int:
    """Add a rule below the others; return its number. Raises Invalid, and Forbidden as all verbs here."""
    wording = _checked(wording)
    async with _changing(app, by):
        rows = await _rows(app)
        if sum(row["removed_at"] is None for row in rows) >= MAX_RULES:
            raise Invalid(f"There can be {MAX_RULES} rules at most")
        number = max((row["id"] for row in rows), default=0) + 1
        await _insert(app, Rule(number, wording.text, wording.hint), max((r["position"] for r in rows), default=0) + 1)
        await _note(app, "rule_text.add", number, by, wording.text)
    return number


async def edit(app: App, number: int, wording: Wording, *, by: Moderator | None) -> None:
    """Say a rule in other words; its translations stay as they are. Raises Invalid and NotFound."""
    wording = _checked(wording)
    async with _changing(app, by):
        await _change(app, number, "text = ?, hint = ?", wording.text, wording.hint)
        await _note(app, "rule_text.edit", number, by, wording.text)


async def put_translation(app: App, number: int, tag: str, wording: Wording | None, *, by: Moderator | None) -> None:
    """Say a rule in another language (a BCP 47 tag), or with None no longer. Raises Invalid and NotFound."""
    known = language.canonical(tag)
    if known is None:
        raise Invalid("The language is not known")
    wanted = None if wording is None else _checked(wording)
    async with _changing(app, by):
        row = await app.db.row("SELECT translations FROM house_rules WHERE id = ? AND removed_at IS NULL", number)
        if row is None:
            raise NotFound("There is no such rule")
        said: dict[str, Any] = msgspec.json.decode(row["translations"])
        said.pop(known, None)
        if wanted is not None:
            said[known] = {"text": wanted.text, "hint": wanted.hint}
        await _change(app, number, "translations = ?", msgspec.json.encode(dict(sorted(said.items()))).decode())
        await _note(app, "rule_text.translate", number, by, known)


async def move(app: App, number: int, steps: int, *, by: Moderator | None) -> None:
    """Put a rule so many places further down (or up, below 0), as far as there are places. Raises NotFound."""
    async with _changing(app, by):
        order = [row["id"] for row in await _rows(app) if row["removed_at"] is None]
        if number not in order:
            raise NotFound("There is no such rule")
        target = min(max(order.index(number) + steps, 0), len(order) - 1)
        order.remove(number)
        order.insert(target, number)
        await app.db.execute_many(
            "UPDATE house_rules SET position = ? WHERE id = ?", [(at, one) for at, one in enumerate(order, start=1)]
        )
        await _note(app, "rule_text.move", number, by, str(target + 1))


async def remove(app: App, number: int, *, by: Moderator | None) -> None:
    """Let a rule hold no longer; reports that name it still show it. Raises NotFound."""
    async with _changing(app, by):
        await _change(app, number, "removed_at = ?", app.now())
        await _note(app, "rule_text.remove", number, by, "")


@contextlib.asynccontextmanager
async def _changing(app: App, by: Moderator | None) -> AsyncIterator[None]:
    """A transaction in which rules are changed: what is shown so far is in the table first; all hear of it after."""
    if by is not None and not by.may(Power.SETTINGS):
        raise Forbidden
    if where := place(app):
        raise Invalid(f"The rules are set in {where}, and can only be changed there")
    async with app.db.transaction():
        await _take_over(app)
        yield
        holding = [row["text"] for row in await _rows(app) if row["removed_at"] is None]
        await choices.keep(app, {KEY: holding}, by=by.account_id if by else None)
    await choices.renew(app)


async def _take_over(app: App) -> None:
    if not await _rows(app):
        for position, rule in enumerate(await asyncio.to_thread(_from_settings, app.settings), start=1):
            await _insert(app, rule, position)


async def _insert(app: App, rule: Rule, position: int) -> None:
    said = {tag: {"text": one.text, "hint": one.hint} for tag, one in rule.translations.items()}
    await app.db.execute(
        "INSERT INTO house_rules (id, position, text, hint, translations) VALUES (?, ?, ?, ?, ?)",
        rule.number,
        position,
        rule.text,
        rule.hint,
        msgspec.json.encode(said).decode(),
    )


async def _change(app: App, number: int, columns: str, *values: Any) -> None:
    sql = f"UPDATE house_rules SET {columns} WHERE id = ? AND removed_at IS NULL"  # noqa: S608
    if not await app.db.execute(sql, *values, number):
        raise NotFound("There is no such rule")


def _checked(wording: Wording) -> Wording:
    text, hint = wording.text.strip(), wording.hint.strip()
    if not text:
        raise Invalid("A rule needs a text")
    if len(text) > MAX_TEXT or len(hint) > MAX_HINT:
        raise Invalid(f"A rule has {MAX_TEXT} characters at most, and its explanation {MAX_HINT}")
    return Wording(text, hint)


async def _note(app: App, action: str, number: int, by: Moderator | None, said: str) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="house_rule",
        target=number,
        detail={"via": "" if by else "command line", "value": said[:500]},
    )
