"""Looking after the custom emoji: who may, copying those of other servers, and what the audit log says of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.media import emojis, images
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import domains

MAX_CATEGORY = 100
PAGE = 120
_OURS = (
    "SELECT shortcode, url, category, disabled_at, visible FROM custom_emojis WHERE domain = ''"
    " ORDER BY COALESCE(category, ''), shortcode"
)
_OTHERS = (
    "SELECT shortcode, domain, url FROM custom_emojis WHERE domain <> '' AND domain = ? AND shortcode LIKE ?"
    " ESCAPE '!' AND NOT EXISTS (SELECT 1 FROM custom_emojis o WHERE o.domain = '' AND"
    " o.shortcode = custom_emojis.shortcode) ORDER BY shortcode LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Emoji:
    """An emoji; `domain` is "" for ours. `url` is absolute. `visible`: apps offer it when somebody chooses."""

    shortcode: str
    domain: str
    url: str
    category: str = ""
    disabled: bool = False
    visible: bool = True


async def ours(app: App) -> list[Emoji]:
    """Return our emoji by category and name, those that are disabled too."""
    return [
        Emoji(
            row["shortcode"],
            "",
            row["url"],
            row["category"] or "",
            row["disabled_at"] is not None,
            bool(row["visible"]),
        )
        for row in await app.db.rows(_OURS)
    ]


async def others(app: App, domain: str, beginning: str = "") -> list[Emoji]:
    """Return emoji of another server that have no namesake here, by name, at most 120."""
    start = beginning.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = await app.db.rows(_OTHERS, domain.lower(), f"{start}%", PAGE)
    return [Emoji(row["shortcode"], row["domain"], row["url"]) for row in rows]


async def servers(app: App) -> list[str]:
    """Return the servers whose emoji are known here, those with the most first, at most 100."""
    rows = await app.db.rows(
        "SELECT domain, COUNT(*) AS value FROM custom_emojis WHERE domain <> '' GROUP BY domain"
        " ORDER BY COUNT(*) DESC, domain LIMIT 100"
    )
    return [row["domain"] for row in rows]


async def add(app: App, shortcode: str, data: bytes, category: str = "", *, by: Moderator | None) -> None:
    """Add an emoji, or give the one of this name another picture. Raises Invalid and Forbidden."""
    _allowed(by)
    category = _category(category)
    await emojis.add(app, shortcode, data, category=category or None)
    await _note(app, "emoji.add", shortcode, by)


async def copy(app: App, shortcode: str, domain: str, category: str = "", *, by: Moderator | None) -> None:
    """Make an emoji of another server one of ours: its picture is fetched and made clean like any that is uploaded.

    Raises NotFound, Invalid (there is one of this name, or the picture is none), Unavailable (it cannot be had) and
    Forbidden, also where that server is blocked.
    """
    _allowed(by)
    found = await emojis.find(app, shortcode, domain)
    if await app.db.row("SELECT 1 AS value FROM custom_emojis WHERE shortcode = ? AND domain = ''", shortcode):
        raise Invalid("There is an emoji of this name already")
    block = await domains.find(app, domain)
    if block is not None and (block.reject_media or block.severity == "suspend"):
        raise Forbidden("This domain is blocked here")
    answer = await app.outbound.get(found["url"], accept="image/*", limit=images.EMOJI.size)
    if answer.status != 200:
        raise Unavailable("The picture cannot be fetched at the moment", reason=f"{domain}: {answer.status}")
    await emojis.add(app, shortcode, answer.body, category=_category(category) or None)
    await _note(app, "emoji.copy", shortcode, by, domain)


async def change(
    app: App, shortcode: str, *, by: Moderator | None, category: str | None = None, disabled: bool | None = None
) -> None:
    """Put an emoji under another heading, or have it used no more (`disabled`). None leaves a thing as it is.

    Raises NotFound, Invalid and Forbidden.
    """
    _allowed(by)
    row = await _ours(app, shortcode)
    heading = row["category"] or "" if category is None else _category(category)
    was = row["disabled_at"] is not None
    off = was if disabled is None else disabled
    async with app.db.transaction():
        await app.db.execute(
            "UPDATE custom_emojis SET category = ?, disabled_at = ? WHERE shortcode = ? AND domain = ''",
            heading or None,
            app.now() if off else None,
            shortcode,
        )
        if heading != (row["category"] or ""):
            await _note(app, "emoji.move", shortcode, by, heading)
        if off != was:
            await _note(app, "emoji.disable" if off else "emoji.enable", shortcode, by)


async def remove(app: App, shortcode: str, *, by: Moderator | None) -> None:
    """Remove an emoji; posts that used it keep its picture. Raises NotFound and Forbidden."""
    _allowed(by)
    async with app.db.transaction():
        await emojis.remove(app, shortcode)
        await _note(app, "emoji.remove", shortcode, by)


def categories(found: Sequence[Emoji]) -> list[tuple[str, list[Emoji]]]:
    """Return emoji by their heading, "" first."""
    groups: dict[str, list[Emoji]] = {}
    for one in found:
        groups.setdefault(one.category, []).append(one)
    return sorted(groups.items())


async def _ours(app: App, shortcode: str) -> Row:
    row = await app.db.row(
        "SELECT category, disabled_at FROM custom_emojis WHERE shortcode = ? AND domain = ''", shortcode
    )
    if row is None:
        raise NotFound("There is no emoji of this name")
    return row


def _allowed(by: Moderator | None) -> None:
    if by is not None and not by.may(Power.EMOJI):
        raise Forbidden


def _category(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > MAX_CATEGORY:
        raise Invalid(f"A category has {MAX_CATEGORY} characters at most")
    return text


async def _note(app: App, action: str, shortcode: str, by: Moderator | None, value: str = "") -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="emoji",
        target=shortcode,
        detail={"via": "" if by else "command line", "value": value},
    )
