"""Double-knocking: a refused request is signed once more by another scheme, and what a host takes is remembered.

Most servers take draft-cavage, so that is the first knock at a host of which nothing is known (or of which nothing
was learned for a week). A host that takes something else is kept in `hosts`; what it refused, in memory for an hour.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import host_of
from fedinote.activitypub.signatures import Scheme
from fedinote.infra.answers import Response
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms

KEPT = timedelta(days=7)
RENEWED = timedelta(days=1)
LOOKED_UP = timedelta(minutes=30)
REFUSED_FOR = timedelta(hours=1)
MAX_REMEMBERED = 20_000
REFUSALS = frozenset({400, 401, 403})
RFC9421_URLS = frozenset(
    {
        "https://datatracker.ietf.org/doc/html/rfc9421",
        "https://www.rfc-editor.org/rfc/rfc9421",
        "https://www.rfc-editor.org/rfc/rfc9421.html",
    }
)

Choice = Callable[[str], Scheme]
"""Given the URL of a hop, return how to sign the request to it."""


@dataclass(slots=True)
class _Memory:
    """Per host: the scheme that it takes where that is not the draft, what it refused, and where the draft worked.

    Times are epoch milliseconds: `looked_up` when the table was last read, with a scheme when it was last confirmed,
    with refusals until when they count.
    """

    looked_up: int = 0
    taken: dict[str, tuple[Scheme, int]] = field(default_factory=dict)
    refused: dict[str, tuple[frozenset[Scheme], int]] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)


def _memory(app: App) -> _Memory:
    found: _Memory = app.caches.setdefault("signature_schemes", _Memory())
    return found


async def _ready(app: App) -> _Memory:
    """Return the memory, read from the table when it is older than half an hour (other processes learn too)."""
    memory, now = _memory(app), app.now()
    if to_ms(now) - memory.looked_up > LOOKED_UP / timedelta(milliseconds=1) or memory.looked_up > to_ms(now):
        memory.looked_up = to_ms(now)
        rows = await app.db.rows(
            "SELECT host, signature_scheme, scheme_at FROM hosts WHERE signature_scheme IS NOT NULL AND scheme_at > ?"
            " ORDER BY scheme_at DESC LIMIT ?",
            now - KEPT,
            MAX_REMEMBERED,
        )
        memory.taken = {row["host"]: (Scheme(row["signature_scheme"]), row["scheme_at"]) for row in rows}
        memory.proven.clear()
    return memory


def _known(memory: _Memory, url: str) -> Scheme:
    taken = memory.taken.get(host_of(url)) if memory.taken else None
    return taken[0] if taken else Scheme.CAVAGE


async def knock(app: App, send: Callable[[Choice], Awaitable[Response]]) -> Response:
    """Send a request as its host is known to take it, and when the signature is refused once more, differently.

    `send` makes the request, signing each hop as it is told. At most two are made. Returns the answer that counts:
    the second one unless it refuses the signature too. Raises what `send` raises.
    """
    memory = await _ready(app)
    answer = await send(lambda url: _known(memory, url))
    host, scheme = host_of(answer.url), _known(memory, answer.url)
    if answer.status < 300:
        if scheme is Scheme.CAVAGE:
            memory.proven.add(host)
        else:
            await _learn(app, host, scheme)
        return answer
    other = _second(app, memory, answer, scheme)
    if other is None:
        return answer
    again = await send(lambda url: other if host_of(url) == host else _known(memory, url))
    if again.status in REFUSALS:
        _forget_hope(app, memory, host, other)
        return answer
    if again.status < 300:
        await _learn(app, host, other)
    return again


def _second(app: App, memory: _Memory, answer: Response, first: Scheme) -> Scheme | None:
    """Choose the second knock; None when the refusal is not of the signature, or all else was refused lately.

    400 and 403 have other causes more often: the one counts where the first scheme never worked, the other where
    the answer says which signature it wants.
    """
    host = host_of(answer.url)
    wanted = any(name.lower() == "accept-signature" for name in answer.headers)
    unproven = first is Scheme.CAVAGE and host not in memory.proven
    if not (answer.status == 401 or (answer.status == 400 and unproven) or (answer.status in (400, 403) and wanted)):
        return None
    order = [Scheme.CAVAGE_PATH] if "?" in answer.url else []
    order = [Scheme.RFC9421, *order] if wanted else [*order, Scheme.RFC9421]
    order = [Scheme.CAVAGE, *order] if first is not Scheme.CAVAGE else order
    schemes, until = memory.refused.get(host, (frozenset(), 0))
    hopeless = schemes if until > to_ms(app.now()) else frozenset()
    return next((scheme for scheme in order if scheme is not first and scheme not in hopeless), None)


def _forget_hope(app: App, memory: _Memory, host: str, scheme: Scheme) -> None:
    """Remember for an hour that a host refused a scheme, so that not every request to it is made twice."""
    now = to_ms(app.now())
    schemes, until = memory.refused.get(host, (frozenset(), 0))
    if len(memory.refused) >= MAX_REMEMBERED:
        memory.refused.clear()
    kept = schemes if until > now else frozenset()
    memory.refused[host] = kept | {scheme}, to_ms(app.now() + REFUSED_FOR)


async def _learn(app: App, host: str, scheme: Scheme) -> None:
    """Keep what a host takes; the draft, which is tried first anyway, by forgetting the other."""
    memory, now = _memory(app), app.now()
    known, confirmed = memory.taken.get(host, (Scheme.CAVAGE, 0))
    if known is scheme and (scheme is Scheme.CAVAGE or confirmed > to_ms(now - RENEWED)):
        return
    if scheme is Scheme.CAVAGE:
        memory.taken.pop(host, None)
        await app.db.execute("UPDATE hosts SET signature_scheme = NULL, scheme_at = NULL WHERE host = ?", host)
        return
    if len(memory.taken) >= MAX_REMEMBERED:
        memory.taken.clear()
    memory.taken[host] = scheme, to_ms(now)
    await app.db.execute(
        "INSERT INTO hosts (host, failures, failure_days, last_failure_day, signature_scheme, scheme_at)"
        " VALUES (?, 0, 0, 0, ?, ?) ON CONFLICT (host) DO UPDATE SET signature_scheme = excluded.signature_scheme,"
        " scheme_at = excluded.scheme_at",
        host,
        scheme.value,
        now,
    )


async def announced(app: App, actor: vocab.Actor) -> None:
    """Begin with RFC 9421 at the host of an actor whose generator says that it implements it (FEP-844e)."""
    if RFC9421_URLS.isdisjoint(actor.implements):
        return
    host = host_of(actor.id)  # an inbox may be elsewhere, and nobody speaks for another host
    memory = await _ready(app)
    refused, until = memory.refused.get(host, (frozenset(), 0))
    if Scheme.RFC9421 not in refused or until <= to_ms(app.now()):
        await _learn(app, host, Scheme.RFC9421)
