"""The form of a rule: its fields by kind, read into what a rule wants, and filled from a rule that is there."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.moderation.automatic.rules import Wanted
from fedinote.policy.rules.book import ACROSS, KINDS
from fedinote.web.pages import Upload
from fedinote.web.words import Words

_DIGITS = 9
_ONE_SECOND = timedelta(seconds=1)


def kinds(words: Words) -> dict[str, tuple[str, str]]:
    """Return what the kinds of rules are called, and what each is for, of those that this server knows."""
    _ = words.gettext
    said = {
        "words": (_("Words"), _("Words and phrases, also in disguise: look-alike letters, accents, letters apart.")),
        "pattern": (_("Pattern"), _("A regular expression (RE2), for those who know them.")),
        "links": (_("Links"), _("Links to certain hosts, or too many links.")),
        "mentions": (_("Mentions"), _("Posts that mention too many people at once.")),
        "newcomers": (_("Newcomers"), _("What new accounts do that nobody here follows.")),
        "repeats": (_("Repetition"), _("The same words again and again, by one account or by many.")),
        "languages": (_("Languages"), _("Posts in certain languages, or in all but certain ones.")),
        "pictures": (_("Pictures"), _("Pictures that are known, and what looks like them.")),
    }
    return {kind: said.get(kind, (kind, "")) for kind in KINDS}


def actions(words: Words) -> list[tuple[str, str, str]]:
    """Return the actions of rules, mildest first: value, name, and what it does."""
    _ = words.gettext
    return [
        ("note", _("Only note it"), _("Nothing happens to the post; the hit is kept.")),
        ("warn", _("Warn"), _("The post gets the title of the rule as its content warning, unless it has one.")),
        ("sensitive", _("Mark sensitive"), _("Its media is covered.")),
        ("limit", _("Limit"), _("It stays out of public timelines.")),
        ("hold", _("Hold for review"), _("Nobody sees it until a moderator releases it.")),
        ("reject", _("Refuse"), _("It has no effect. It is not kept, so it cannot be brought back.")),
        ("suspend", _("Suspend"), _("It is refused, and its author is suspended, with a statement of reasons.")),
    ]


def origins(words: Words) -> list[tuple[str, str]]:
    """Return whose posts a rule may be about."""
    _ = words.gettext
    return [
        ("all", _("Everybody's")),
        ("local", _("Those of members of this server")),
        ("remote", _("Those of other servers")),
    ]


def spares(words: Words) -> list[tuple[str, str]]:
    """Return from which level of trust on a rule may leave people alone."""
    _ = words.gettext
    return [
        ("", _("No one")),
        ("settled", _("Who has been here for a month without trouble")),
        ("followed", _("Whom somebody here follows")),
        ("vouched", _("For whom a moderator vouches")),
    ]


def doings(words: Words) -> list[tuple[str, str]]:
    """Return what newcomers may be caught at."""
    _ = words.gettext
    return [
        ("anything", _("Posting anything")),
        ("links", _("Posting links")),
        ("media", _("Posting media")),
        ("mentions", _("Mentioning people")),
    ]


def wanted(form: Upload, kind: str, now: datetime) -> Wanted:
    """Read the form of a rule of a kind. Raises Invalid for numbers and days that are none."""
    fields = form.fields
    return Wanted(
        kind=kind,
        terms=_terms(kind, form),
        action=fields.get("action", "note"),
        title=fields.get("title", ""),
        reason=_text(fields, "reason"),
        note=_text(fields, "note"),
        origin=fields.get("origin", "all"),
        spares=fields.get("spares", ""),
        expires_at=_end(fields.get("until", "").strip(), now),
    )


def _text(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "").replace("\r\n", "\n")


def _lines(fields: Mapping[str, str], name: str) -> list[str]:
    return [line.strip() for line in fields.get(name, "").splitlines() if line.strip()]


def _number(fields: Mapping[str, str], name: str) -> int | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise Invalid("Validation failed: This is not a whole number")
    return int(text)


def _end(text: str, now: datetime) -> datetime | None:
    """Return the end of the day that is named (UTC)."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("Validation failed: This is not a day") from None
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    if end <= now:
        raise Invalid("Validation failed: The end of a rule is in the future")
    return end


def _present(**terms: Any) -> dict[str, Any]:
    return {name: value for name, value in terms.items() if value not in (None, "", [])}


def _terms(kind: str, form: Upload) -> dict[str, Any]:
    fields = form.fields
    readers: Mapping[str, Callable[[], dict[str, Any]]] = {
        "words": lambda: {"words": _lines(fields, "words")},
        "pattern": lambda: {"pattern": fields.get("pattern", "").strip()},
        "links": lambda: _present(hosts=_lines(fields, "hosts"), most=_number(fields, "most")),
        "mentions": lambda: _present(most=_number(fields, "most")),
        "newcomers": lambda: _present(days=_number(fields, "days"), doing=fields.get("doing")),
        "repeats": lambda: _present(times=_number(fields, "times"), minutes=_number(fields, "minutes")),
        "languages": lambda: _present(languages=_tags(form), only="only" in fields or None),
        "pictures": lambda: _pictures(fields),
    }
    if kind not in readers:
        raise Invalid(f"Validation failed: A rule is of one of the kinds {', '.join(KINDS)}")
    return readers[kind]() | (_across(fields) if kind in ACROSS else {})


def _tags(form: Upload) -> list[str]:
    typed = form.fields.get("more_languages", "").replace(",", " ").split()
    return list(dict.fromkeys((*form.lists.get("languages", ()), *typed)))


def _across(fields: Mapping[str, str]) -> dict[str, Any]:
    found = _present(translations="translations" in fields or None, translate=fields.get("translate", "").strip())
    return found | ({"translate_for": fields.get("translate_for", "strangers")} if "translate" in found else {})


def _pictures(fields: Mapping[str, str]) -> dict[str, Any]:
    found = _present(set=fields.get("set", "").strip(), distance=_number(fields, "distance"))
    found |= _present(quality=_number(fields, "quality"), fetch="fetch" in fields or None)
    return found | {"turned": "turned" in fields}


def terms(rule: Row) -> dict[str, Any]:
    """Return the terms of a rule (its row)."""
    found: dict[str, Any] = msgspec.json.decode(rule["terms"]) if isinstance(rule["terms"], str) else rule["terms"]
    return found


def filled(rule: Row) -> dict[str, Any]:
    """Return what the form of a rule (its row) shows: its fields, with lists as lines."""
    known = terms(rule)
    shown = {name: "\n".join(value) if name in ("words", "hosts") else value for name, value in known.items()}
    until = "" if rule["expires_at"] is None else (from_ms(rule["expires_at"]) - _ONE_SECOND).date().isoformat()
    names = ("action", "origin", "spares", "title", "reason", "note", "owner_id")
    return {**shown, **{name: rule[name] for name in names}, "until": until}


def typed(form: Upload) -> dict[str, Any]:
    """Return what a form that was not accepted shows again."""
    return {**form.fields, "languages": list(form.lists.get("languages", ()))}
