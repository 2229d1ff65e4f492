"""From an address to what its page says of itself: one request for the page, and one for its oEmbed document."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Refused
from fedinote.previews import oembed, pages
from fedinote.previews.charsets import decoded
from fedinote.previews.oembed import Embed
from fedinote.previews.pages import Page
from fedinote.text.urls import host_of

MAX_PAGE = 1_000_000
MAX_EMBED = 100_000
SECONDS = 8.0
PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a page; the fields are those of `models.PreviewCard`. `title` is never empty."""

    url: str
    host: str
    kind: str
    title: str
    description: str
    language: str | None
    author_name: str
    author_url: str
    creator: str
    provider_name: str
    provider_url: str
    html: str
    embed_url: str
    width: int
    height: int
    image: str | None
    image_description: str
    published_at: datetime | None


async def fetch(app: App, link: str) -> Preview | None:
    """Ask for a page, and return what it says of itself; None when that is nothing to show.

    Raises `Refused` for what is no page in HTML or too long, and `Unreachable`. Redirects are followed by the rules
    of `infra.outbound`.
    """
    answer = await app.outbound.get(link, accept="text/html", limit=MAX_PAGE, timeout=SECONDS)
    if answer.status != 200 or answer.content_type not in PAGES:
        raise Refused(reason="not a page in HTML")
    page = await asyncio.to_thread(_read, answer.body, answer.headers.get("Content-Type", ""), answer.url)
    embed = None if page.oembed is None else await _embed(app, page.oembed)
    return joined(page, embed, answer.url, app.settings.own_hosts)


def _read(body: bytes, content_type: str, url: str) -> Page:
    return pages.read(decoded(body, content_type), url)


async def _embed(app: App, url: str) -> Embed | None:
    try:
        answer = await app.outbound.get(url, accept="application/json", limit=MAX_EMBED, timeout=SECONDS)
        if answer.status != 200 or "json" not in answer.content_type:
            return None
        return oembed.read(answer.json(), answer.url, app.settings.own_hosts)
    except FediNoteError:
        return None


def joined(page: Page, embed: Embed | None, found_at: str, own_hosts: frozenset[str]) -> Preview | None:
    """Join what the page says with its oEmbed document, which is the more exact; None without a title."""
    title = (embed.title if embed else "") or page.title
    if not title:
        return None
    player = oembed.iframe(page.player, page.width, page.height, own_hosts)
    kind = embed.kind if embed else "video" if player else "link"
    sized: Page | Embed = embed if embed and embed.kind != "link" else page
    origin = "://".join(urlsplit(found_at)[:2])
    return Preview(
        url=page.url,
        host=host_of(found_at) or "",
        kind=kind,
        title=title,
        description=page.description,
        language=page.language,
        author_name=(embed.author_name if embed else "") or page.author_name,
        author_url=(embed.author_url if embed else None) or page.author_url or "",
        creator=page.creator,
        provider_name=(embed.provider_name if embed else "") or page.provider_name,
        provider_url=(embed.provider_url if embed else None) or (origin if page.provider_name else ""),
        html=embed.html if embed else player,
        embed_url=(embed.embed_url if embed else None) or "",
        width=sized.width,
        height=sized.height,
        image=(embed.image if embed else None) or page.image,
        image_description=page.image_description,
        published_at=page.published_at,
    )
