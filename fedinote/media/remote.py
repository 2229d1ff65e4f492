"""Addresses here for files of other servers: pages and apps load them from us, so that nobody else learns who reads.

An address names what the file belongs to, and carries a token that only we can make: nobody can ask us for what we
did not show somebody, nor guess what is attached to a post that they may not see. When the file lies elsewhere from
then on, its address here is another one.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import blake2b, sha256
from hmac import compare_digest

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.infra.keys import COOKIE_KEY
from fedinote.media.outcomes import Purpose
from fedinote.policy import domains

PREFIX = "/media/remote/"
PICTURES = frozenset({"preview", "avatar", "header", "card", "emoji"})
"""Kinds of files that are pictures always."""
PURPOSES: dict[str, Purpose] = {"avatar": "avatar", "header": "header", "emoji": "emoji"}

_TOKEN_BYTES = 16
_REMEMBERED = 20_000
_PATH = re.compile(
    r"(?:(?P<kind>media|preview|avatar|header|card)/(?P<owner>[0-9]{1,19})|emoji/(?P<where>[A-Za-z0-9_-]{1,6000}))"
    r"/(?P<token>[A-Za-z0-9_-]{22})(?P<small>/small)?",
    re.ASCII,
)
_OWNED = """SELECT {url} AS url, a.id AS account, a.domain, a.uri, a.suspended_at, a.deleted_at, {more}
 FROM {table} WHERE {owner} = ?"""
_SOURCES = {
    "media": _OWNED.format(
        url="m.remote_url",
        more="m.post_id AS post, m.kind",
        table="media m JOIN accounts a ON a.id = m.account_id",
        owner="m.key = '' AND m.id",
    ),
    "preview": _OWNED.format(
        url="m.remote_preview",
        more="m.post_id AS post, m.kind",
        table="media m JOIN accounts a ON a.id = m.account_id",
        owner="m.preview_key = '' AND m.id",
    ),
    "avatar": _OWNED.format(
        url="a.avatar_remote", more="NULL AS post, 'image' AS kind", table="accounts a", owner="a.avatar = '' AND a.id"
    ),
    "header": _OWNED.format(
        url="a.header_remote", more="NULL AS post, 'image' AS kind", table="accounts a", owner="a.header = '' AND a.id"
    ),
    "card": """SELECT c.image AS url, NULL AS account, c.host AS domain, c.url AS uri, NULL AS suspended_at,
 NULL AS deleted_at, NULL AS post, 'image' AS kind FROM preview_cards c WHERE c.state = 'ready' AND c.id = ?""",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file of another server that may be shown: whose it is, where it lies, and what it is said to be.

    `shape` is the attachment's kind: image, gifv, video, audio or unknown. `account` and `post` are ids, None where
    it belongs to none; `domain` is the owner's server.
    """

    kind: str
    owner: int
    url: str
    domain: str = ""
    account: int | None = None
    post: int | None = None
    shape: str = "image"

    @property
    def digest(self) -> str:
        """What names the file among those that are kept here."""
        return sha256(f"{self.kind}\n{self.owner}\n{self.url}".encode(errors="replace")).hexdigest()

    @property
    def host(self) -> str:
        """The host that the file is fetched from, with its port."""
        return domains.host_of(self.url)


def shown(app: App) -> bool:
    """Tell whether files of other servers are shown through this one."""
    return app.settings.media.remote_cache_bytes > 0


def address(app: App, kind: str, owner: int, url: str | None, *, small: bool = False) -> str:
    """Return the path under which a file of another server is shown here; "" where there is none to be shown.

    `kind` and `owner`: media or preview and the attachment's id, avatar or header and the account's, card and the
    card's. `small`: a picture of at most 640 pixels a side (of an animation its first frame, of a video a still).
    """
    if not url or not shown(app):
        return ""
    known: dict[tuple[str, int, str], str] = app.caches.setdefault("media-addresses", {})
    found = known.get((kind, owner, url))
    if found is None:
        if len(known) >= _REMEMBERED:
            known.clear()
        found = known[kind, owner, url] = _address(app, kind, owner, url)
    return f"{found}/small" if small else found


def attachment(app: App, row: Row) -> tuple[str, str]:
    """Return the paths of an attachment of another server and of the small picture that stands for it; "" for none.

    `row` has id, kind, remote_url and remote_preview. What is no picture, video or sound is not shown.
    """
    if row["kind"] == "unknown":
        return "", ""
    source = address(app, "media", row["id"], row["remote_url"])
    if row["remote_preview"] and row["kind"] != "image":
        return source, address(app, "preview", row["id"], row["remote_preview"], small=True)
    return source, f"{source}/small" if source and row["kind"] != "audio" else ""


def emoji(app: App, url: str | None, *, small: bool = False) -> str:
    """Return the path under which a custom emoji of another server is shown here, one of ours as it is.

    "" where there is none to be shown. Of emoji the address is all that posts have, so it is in the path itself.
    """
    if url and url.startswith(app.settings.base + "/"):
        return url.removeprefix(app.settings.base)
    return address(app, "emoji", 0, url, small=small)


def _address(app: App, kind: str, owner: int, url: str) -> str:
    what = (
        str(owner) if kind != "emoji" else base64.urlsafe_b64encode(url.encode(errors="replace")).rstrip(b"=").decode()
    )
    return f"{PREFIX}{kind}/{what}/{_token(app, kind, owner, url)}"


def _token(app: App, kind: str, owner: int, url: str) -> str:
    message = f"{kind}\n{owner}\n{url}".encode(errors="replace")
    mark = blake2b(message, key=app.secrets[COOKIE_KEY].encode()[:64], digest_size=_TOKEN_BYTES, person=b"remote-media")
    return base64.urlsafe_b64encode(mark.digest()).rstrip(b"=").decode()


async def find(app: App, path: str) -> tuple[Source, bool]:
    """Return what an address is about, and whether the small picture is meant. `NotFound` for all that is none.

    Nor is anything shown whose owner or server may not be seen here: suspended, deleted, blocked, or its media
    rejected.
    """
    match = _PATH.fullmatch(path.removeprefix(PREFIX))
    if match is None or not shown(app):
        raise NotFound
    source = await _source(app, match)
    if not compare_digest(_token(app, source.kind, source.owner, source.url), match["token"]):
        raise NotFound
    block = await domains.find(app, source.domain, source.host)
    if block is not None and (block.reject_media or block.severity == "suspend"):
        raise NotFound
    return source, match["small"] is not None


async def _source(app: App, match: re.Match[str]) -> Source:
    if match["where"] is not None:
        return Source("emoji", 0, _decoded(match["where"]))
    kind, owner = match["kind"], int(match["owner"])
    row = await app.db.row(_SOURCES[kind], owner) if owner < 1 << 63 else None
    if row is None or not row["url"] or row["suspended_at"] is not None or row["deleted_at"] is not None:
        raise NotFound
    return Source(kind, owner, row["url"], row["domain"], row["account"], row["post"], _shape(kind, row))


def _shape(kind: str, row: Row) -> str:
    return "image" if kind in PICTURES else str(row["kind"])


def _decoded(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise NotFound from None
