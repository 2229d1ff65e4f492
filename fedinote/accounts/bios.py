"""What people write about themselves becomes HTML: the bio and the values of profile fields."""

from collections.abc import Callable
from urllib.parse import quote

from fedinote.accounts import names
from fedinote.infra.app import App
from fedinote.text.compose import MentionTarget, compose, find_mentions

MAX_MENTIONS = 20


async def note_html(app: App, source: str) -> str:
    """Return the HTML of a bio: links, hashtags, and mentions of accounts that are known here. One query at most."""
    handles = find_mentions(source)[:MAX_MENTIONS]
    return compose(source, mentions=await _targets(app, handles), tag_url=_tag_url(app))


def field_html(app: App, source: str) -> str:
    """Return the HTML of a field's value, one line. Links get rel="me", so that the other side can be verified."""
    html = compose(source, mentions={}, tag_url=_tag_url(app))
    html = html.removeprefix("<p>").removesuffix("</p>")
    return html.replace(' rel="nofollow ', ' rel="me nofollow ')


async def _targets(app: App, handles: list[str]) -> dict[str, MentionTarget]:
    wanted: dict[tuple[str, str], str] = {}
    for handle in handles:
        username, _, domain = handle.partition("@")
        wanted[names.key(username), "" if domain in app.settings.own_hosts else domain] = handle
    if not wanted:
        return {}
    rows = await app.db.rows(
        "SELECT username, username_key, domain, url, uri FROM accounts"
        " WHERE username_key IN_TEXTS(?) AND domain IN_TEXTS(?) AND deleted_at IS NULL AND suspended_at IS NULL",
        sorted({username for username, _ in wanted}),
        sorted({domain for _, domain in wanted}),
    )
    targets = {}
    for row in rows:
        known = wanted.get((row["username_key"], row["domain"]))
        if known is not None:
            acct = f"{row['username']}@{row['domain']}" if row["domain"] else row["username"]
            targets[known] = MentionTarget(acct, row["url"] or row["uri"], row["uri"])
    return targets


def _tag_url(app: App) -> Callable[[str], str]:
    base = app.url("/tags/")
    return lambda name: base + quote(name)
