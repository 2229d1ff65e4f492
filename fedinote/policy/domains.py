"""Which domains are blocked, and how much: subdomains, punycode and letter case count as the domain itself.

The list is kept in memory for a few seconds, so that a request costs a dictionary look-up; a change made by another
process (the command line) is seen after that time, one made by this process at once.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import idna

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.policy import allows
from fedinote.policy.base import ACCEPT, Stated, Subject, Verdict

CACHE = "domain_blocks"
KEEP_MS = 3000
UNLISTED = "*"
MAX_DOMAIN = 253
SEVERITIES = ("noop", "silence", "suspend")  # from mild to severe
_DEFAULT_PORTS = ("80", "443")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_WRONG = "Validation failed: Domain is not a valid domain name"


@dataclass(frozen=True, slots=True)
class Blocked:
    """What is done with a domain: `severity` is noop, silence (limit) or suspend."""

    domain: str
    severity: str
    reject_media: bool
    reject_reports: bool
    followers_only: bool = False
    warning: str = ""


def key(domain: str) -> str:
    """Return a domain in the one spelling that is stored and compared: punycode, lower case, no trailing dot.

    A port is kept unless it is a web server's usual one (test networks have several servers on one name); "*." in
    front means the same as without. Raises Invalid for what is no domain.
    """
    text = domain.strip().removeprefix("*.").lower()
    if len(text) > MAX_DOMAIN + len(":65535"):  # before IDNA, whose cost grows faster than its input
        raise Invalid(_WRONG)
    name, port = _split_port(text)
    if port in _DEFAULT_PORTS:
        port = ""
    return f"{_name(name)}:{port}" if port else _name(name)


def _split_port(text: str) -> tuple[str, str]:
    name, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        return text, ""
    if not (port.isascii() and port.isdigit()) or not 0 < int(port[:6]) <= 65535:
        raise Invalid(_WRONG)
    return name, str(int(port))


def _name(name: str) -> str:
    if name.startswith("[") and name.endswith("]"):
        try:
            return f"[{ipaddress.IPv6Address(name[1:-1])}]"
        except ValueError:
            raise Invalid(_WRONG) from None
    name = name.removesuffix(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode().removesuffix(".")
        except UnicodeError:
            raise Invalid(_WRONG) from None
    if not 0 < len(name) <= MAX_DOMAIN or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise Invalid(_WRONG)
    return name


def _candidates(host: str) -> list[str]:
    """Return what would cover a host, nearest first: itself, itself without its port, the domains above it."""
    try:
        name = key(host)
    except Invalid:
        return []
    found = [name]
    bare = name if name.endswith("]") else name.rpartition(":")[0] or name
    if bare != name:
        found.append(bare)
    while "." in bare and not bare.startswith("["):
        bare = bare.partition(".")[2]
        found.append(bare)
    return found


def _names(host: str) -> list[str]:
    """Return the names that a host itself goes by: with its port and without, and nothing above it."""
    found = _candidates(host)
    return [name for name in found if name == found[0] or found[0].startswith(f"{name}:")]


def covers(domain: str, host: str) -> bool:
    """Tell whether a block of `domain` (in the spelling of `key`) is also about `host`."""
    return domain in _candidates(host)


def covering(host: str) -> list[str]:
    """Return the names whose block would be about a host, the nearest first; none for what is no host."""
    return _candidates(host)


def nearest(blocks: Mapping[str, Blocked], *hosts: str) -> Blocked | None:
    """Return the block that counts for a server: for each of its hosts the nearest one, and of these the severest.

    A server has two hosts when its handles carry another domain than its URLs. A milder block of a subdomain is
    thus an exception to a severer one above it.
    """
    found = [block for host in hosts if host and (block := _nearest(blocks, host)) is not None]
    return max(found, key=lambda block: SEVERITIES.index(block.severity), default=None)


def _nearest(blocks: Mapping[str, Blocked], host: str) -> Blocked | None:
    return next((blocks[name] for name in _candidates(host) if name in blocks), None)


async def find(app: App, *hosts: str) -> Blocked | None:
    """Return the block that counts for a server with these hosts, or None. What is no host is not blocked.

    Where only listed servers take part, all others are as if suspended (the block's domain is then UNLISTED).
    """
    if app.settings.federation.allow_list and not await allows.all_listed(app, (_names(one) for one in hosts if one)):
        return Blocked(UNLISTED, "suspend", reject_media=True, reject_reports=True)
    blocks = await _all(app)
    return nearest(blocks, *hosts) if blocks else None


async def suspended(app: App, *hosts: str) -> bool:
    """Tell whether nothing may come from or go to a server with these hosts."""
    found = await find(app, *hosts)
    return found is not None and found.severity == "suspend"


async def load(app: App) -> dict[str, Blocked]:
    """Read all blocks, by domain, as they are at this moment (in this transaction)."""
    rows = await app.db.rows(
        "SELECT domain, severity, reject_media, reject_reports, followers_only, warning FROM domain_blocks"
    )
    return {row["domain"]: _blocked(row) for row in rows}


async def _all(app: App) -> dict[str, Blocked]:
    cached: tuple[int, dict[str, Blocked]] | None = app.caches.get(CACHE)
    now = to_ms(app.now())
    if cached is not None and 0 <= now - cached[0] < KEEP_MS:
        return cached[1]
    blocks = await load(app)
    app.caches[CACHE] = (now, blocks)
    return blocks


def _blocked(row: Row) -> Blocked:
    return Blocked(
        row["domain"],
        row["severity"],
        bool(row["reject_media"]),
        bool(row["reject_reports"]),
        bool(row["followers_only"]),
        row["warning"],
    )


def forget(app: App) -> None:
    """Read the list anew at the next question: call it once a change is committed."""
    app.caches.pop(CACHE, None)


def host_of(uri: str) -> str:
    """Return the host (with its port) of a URI, "" when there is none."""
    try:
        return urlsplit(uri).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def covered(domain: str, hosts: Iterable[str]) -> list[str]:
    """Return those of the hosts that a block of `domain` is about."""
    return [host for host in hosts if covers(domain, host)]


class DomainPolicy:
    """Rejects what comes from suspended domains, and rejected reports.

    Takes away rejected media, keeps public posts to followers, and puts a warning before posts, as is wanted.
    """

    name = "domains"

    async def stated(self, app: App) -> Sequence[Stated]:
        """Say how many servers are refused or limited, and whether only listed ones take part."""
        blocks = (await load(app)).values()
        facts = {
            "suspended": sum(one.severity == "suspend" for one in blocks),
            "limited": sum(one.severity == "silence" for one in blocks),
            "media_rejected": sum(one.reject_media for one in blocks),
            "reports_rejected": sum(one.reject_reports for one in blocks),
            "followers_only": sum(one.followers_only for one in blocks),
            "warned": sum(bool(one.warning) for one in blocks),
        }
        found = [Stated(self.name, "Servers are suspended, limited, or restricted, each by a decision.", facts)]
        if app.settings.federation.allow_list:
            listed = await app.db.value("SELECT COUNT(*) AS value FROM domain_allows")
            found.append(Stated("allow list", "Only listed servers take part.", {"listed": listed}))
        return found if blocks else found[1:]

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge by the block that covers the subject's domain, or the host of its URI."""
        if not subject.domain:
            return ACCEPT
        found = await find(app, subject.domain, host_of(subject.uri))
        if found is None:
            return ACCEPT
        if found.severity == "suspend":
            return Verdict("reject", f"the domain {found.domain} is blocked", self.name)
        if found.reject_reports and subject.kind == "report":
            return Verdict("reject", f"reports of {found.domain} are rejected", self.name)
        return self._changed(found, subject) if subject.kind == "post" else ACCEPT

    def _changed(self, found: Blocked, subject: Subject) -> Verdict:
        """Return what becomes of a post that may come in."""
        changes: dict[str, Any] = {}
        reasons: list[str] = []
        if found.reject_media and subject.has_media:
            changes["media"] = ()
            reasons.append(f"media of {found.domain} is rejected")
        if found.followers_only and subject.visibility in ("public", "unlisted"):
            changes["visibility"] = "private"
            reasons.append(f"posts of {found.domain} reach followers only")
        if found.warning:
            changes |= {"sensitive": True, "spoiler_text": subject.spoiler_text or found.warning}
            reasons.append(f"posts of {found.domain} get a warning")
        return Verdict("change", "; ".join(reasons), self.name, changes) if changes else ACCEPT
