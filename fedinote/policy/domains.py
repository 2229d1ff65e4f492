"""Which domains are blocked, and how much: subdomains, punycode and letter case count as the domain itself.

The list is kept in memory for a few seconds, so that a request costs a dictionary look-up; a change made by another
process (the command line) is seen after that time, one made by this process at once.
"""

from dataclasses import dataclass
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.policy.base import Subject, Verdict

CACHE = "domain_blocks"
KEEP_MS = 3000
MAX_DOMAIN = 253


@dataclass(frozen=True, slots=True)
class Blocked:
    """What is done with a domain: `severity` is noop, silence (limit) or suspend."""

    domain: str
    severity: str
    reject_media: bool
    reject_reports: bool


def key(domain: str) -> str:
    """Return a domain in the one spelling that is stored and compared: punycode, lower case, no trailing dot.

    A port is kept (test networks have several servers on one name). Raises Invalid for what is no domain.
    """
    name, colon, port = domain.strip().rstrip("/").removeprefix("*.").lower().partition(":")
    name = name.rstrip(".")
    if not name or len(name) > MAX_DOMAIN or (colon and not port.isdigit()):
        raise Invalid("Validation failed: Domain is not a valid domain name")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            raise Invalid("Validation failed: Domain is not a valid domain name") from None
    if not all(label and all(c.isalnum() or c in "-_" for c in label) for label in name.split(".")):
        raise Invalid("Validation failed: Domain is not a valid domain name")
    return name + colon + port


async def find(app: App, host: str) -> Blocked | None:
    """Return the block that covers a host: its own, or that of the nearest domain above it. None when there is none."""
    blocks = await _all(app)
    if not blocks or not host:
        return None
    try:
        name = key(host)
    except Invalid:
        return None
    candidates = [name, name.partition(":")[0]]
    while "." in candidates[-1]:
        candidates.append(candidates[-1].partition(".")[2])
    return next((blocks[candidate] for candidate in candidates if candidate in blocks), None)


async def suspended(app: App, host: str) -> bool:
    """Tell whether nothing may come from or go to a host."""
    found = await find(app, host)
    return found is not None and found.severity == "suspend"


async def _all(app: App) -> dict[str, Blocked]:
    cached: tuple[int, dict[str, Blocked]] | None = app.caches.get(CACHE)
    now = to_ms(app.now())
    if cached is not None and 0 <= now - cached[0] < KEEP_MS:
        return cached[1]
    rows = await app.db.rows("SELECT domain, severity, reject_media, reject_reports FROM domain_blocks")
    blocks = {row["domain"]: _blocked(row) for row in rows}
    app.caches[CACHE] = (now, blocks)
    return blocks


def _blocked(row: Row) -> Blocked:
    return Blocked(row["domain"], row["severity"], bool(row["reject_media"]), bool(row["reject_reports"]))


def forget(app: App) -> None:
    """Read the list anew at the next question: call after changing it."""
    app.caches.pop(CACHE, None)


class DomainPolicy:
    """Rejects what comes from suspended domains, and takes the files out of posts where media is rejected."""

    name = "domains"

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge by the block that covers the subject's domain."""
        if not subject.domain:
            return Verdict()
        found = await find(app, subject.domain)
        if found is None:
            return Verdict()
        if found.severity == "suspend":
            return Verdict("reject", f"the domain {found.domain} is blocked", self.name)
        if found.reject_media and subject.has_media:
            changes: dict[str, Any] = {"media": ()}
            return Verdict("change", f"media of {found.domain} is rejected", self.name, changes)
        return Verdict()
