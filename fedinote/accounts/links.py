"""Links in profiles that are proven: the page that a field links to links back with rel="me".

https://docs.joinmastodon.org/user/profile/#verification and https://microformats.org/wiki/rel-me
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fedinote.events import ProfileUpdated
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.errors import FediNoteError
from fedinote.text.urls import safe_url

VERIFY_JOB = "accounts.verify_links"
MAX_LINKS = 6
"""How many links of one profile are looked at in one go."""
MAX_PAGE = 1_000_000
PAGES = ("text/html", "application/xhtml+xml")

_ONLY_LINK = re.compile(
    r"""(?:<p>)?<a\s[^<>]{0,4096}?href="(https?://[^"<>]{1,2048})"[^<>]{0,4096}>(.*)</a>(?:</p>)?"""
)
_BARE = re.compile(r"https?://[^\s<>\"]{1,2048}")
_TAG = re.compile(r"<(?:a|link)\s[^<>]{1,4096}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(rel|href)\s{0,8}=\s{0,8}(?:"([^"]{0,4096})"|'([^']{0,4096})'|([^\s>"']{1,4096}))""", re.IGNORECASE
)

Field = Mapping[str, Any]


def merged(pairs: Iterable[tuple[str, str]], old: Sequence[Field]) -> list[dict[str, Any]]:
    """Return fields of (name, HTML value) as they are stored; what was proven stays so while both are the same."""
    proven = {(field["name"], field["value"]): field.get("verified_at") for field in old}
    return [{"name": name, "value": value, "verified_at": proven.get((name, value))} for name, value in pairs]


def link_of(field: Field) -> str | None:
    """Return the URL that a field consists of; None when there is none, or more than that."""
    value = str(field["value"]).strip()
    match = _ONLY_LINK.fullmatch(value)
    if match is not None:
        return None if "<a" in match[2] else html.unescape(match[1])
    return value if _BARE.fullmatch(value) else None


def _open_links(app: App, fields: Sequence[Field]) -> list[tuple[str, str, str]]:
    """Return (name, value, URL) of fields that could be proven and are not."""
    found = [
        (field["name"], field["value"], link)
        for field in fields
        if not field.get("verified_at") and (link := link_of(field)) is not None
    ]
    secure = app.settings.secure or not app.settings.federation.allow_http
    allowed = [one for one in found if one[2].startswith("https://") or not secure]
    clean = [(one, safe_url(one[2])) for one in allowed]
    return [one for one, url in clean if url and urlsplit(url).netloc != app.settings.host][:MAX_LINKS]


async def on_profile_updated(app: App, event: ProfileUpdated) -> None:
    """Plan a look at the links that a local profile has and that are not proven."""
    row = await app.db.row("SELECT fields FROM accounts WHERE id = ? AND deleted_at IS NULL", event.account_id)
    if event.local and row is not None:
        await plan(app, event.account_id, msgspec.json.decode(row["fields"]))


async def plan(app: App, account_id: int, fields: Sequence[Field]) -> None:
    """Plan a look at the links of a profile, here or elsewhere, in the running transaction; nothing without links."""
    if _open_links(app, fields):
        await jobs.enqueue(app, VERIFY_JOB, {"account_id": account_id}, key=f"links {account_id}", priority=8)


async def verify(app: App, account_id: int) -> None:
    """Look at the pages that a profile links to, and note which of them link back (a job)."""
    row = await app.db.row(
        "SELECT uri, url, fields FROM accounts WHERE id = ? AND suspended_at IS NULL AND deleted_at IS NULL", account_id
    )
    if row is None:
        return
    own = {_plain(row["uri"]), _plain(row["url"] or row["uri"])}
    proven = {
        (name, value)
        for name, value, link in _open_links(app, msgspec.json.decode(row["fields"]))
        if await _links_back(app, link, own)
    }
    if proven:
        await _note(app, account_id, proven)


async def _links_back(app: App, link: str, own: set[str]) -> bool:
    try:
        page = await app.outbound.get(link, accept="text/html", limit=MAX_PAGE)
    except FediNoteError:
        return False
    if page.status != 200 or page.content_type not in PAGES or _host(page.url) != _host(link):
        return False  # an open redirect does not speak for the site that has it
    return any(_plain(target) in own for target in said_to_be_me(page.body.decode("utf-8", "replace")))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def said_to_be_me(page: str) -> list[str]:
    """Return the targets of the `<a>` and `<link>` of a page whose `rel` has "me"."""
    found = []
    for tag in _TAG.finditer(page):
        attributes = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(tag[0])}
        if "me" in attributes.get("rel", "").lower().split():
            found.append(attributes.get("href", "").strip())
    return found


def _plain(url: str) -> str:
    """Return a URL as it is compared: scheme and host in lower case, without a slash at the end or a fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path.rstrip('/')}{query}"


async def _note(app: App, account_id: int, proven: set[tuple[str, str]]) -> None:
    """Note the moment with the fields that are still as they were when the pages were asked for."""
    async with app.db.transaction():
        row = await app.db.row(f"SELECT fields FROM accounts WHERE id = ?{app.db.lock}", account_id)  # noqa: S608
        if row is None:
            return
        fields = msgspec.json.decode(row["fields"])
        for field in fields:
            if (field["name"], field["value"]) in proven and not field.get("verified_at"):
                field["verified_at"] = iso(app.now())
        await app.db.execute(
            "UPDATE accounts SET fields = ? WHERE id = ?", msgspec.json.encode(fields).decode(), account_id
        )
