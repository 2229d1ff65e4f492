"""Fetching ActivityPub documents so that what comes back can be believed: right type, right id, within a budget."""

from dataclasses import dataclass, field
from typing import Any

from fedinote.activitypub import discovery, vocab
from fedinote.activitypub.quirks import host_of, same_id, same_origin, without_fragment
from fedinote.federation import failures, knocking, signing
from fedinote.federation.knocking import Choice
from fedinote.infra.answers import Response
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Forbidden, Gone, Malformed, NotFound, Refused, Unreachable
from fedinote.policy import domains

ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
PROFILE = "https://www.w3.org/ns/activitystreams"
MAX_DOCUMENT = 1_000_000
MAX_WEBFINGER = 65_536
GONE = (404, 410)


@dataclass(slots=True)
class Budget:
    """How many requests one cause may still make: an activity, a search, a page view; and to one host at most."""

    requests: int = 20
    per_host: int = 1_000_000
    spent: dict[str, int] = field(default_factory=dict)

    def spend(self, host: str = "") -> None:
        """Take one for a host; Refused when none is left, or none for this host."""
        if self.requests <= 0:
            raise Refused(reason="the budget of requests for one cause is used up")
        if self.spent.get(host, 0) >= self.per_host:
            raise Refused(reason="the budget of requests for one host is used up")
        self.requests -= 1
        self.spent[host] = self.spent.get(host, 0) + 1


def is_ours(app: App, uri: str) -> bool:
    """Tell whether a URI lies on this server."""
    return same_origin(uri, app.settings.base)


async def document(app: App, url: str, budget: Budget) -> dict[str, Any]:
    """Fetch the document that says of itself that its id is `url` (or that its canonical id is on the same host).

    When the id differs, the id is fetched once and must then be its own (S53, A07). Raises Refused (rules, type),
    Gone (410), NotFound (404), Forbidden (a blocked domain), Malformed, Unreachable (passing trouble).
    """
    found, final = await _get(app, url, budget)
    claimed = vocab.web_uri(found.get("id")) or ""
    if same_id(claimed, without_fragment(final)) and same_origin(claimed, url):
        return found
    if not claimed:
        raise Malformed(reason="a fetched document without an id")
    again, final = await _get(app, claimed, budget)
    if not same_id(vocab.web_uri(again.get("id")) or "", claimed) or not same_origin(final, claimed):
        raise Refused(reason="a fetched document does not name itself")
    return again


async def vouched(app: App, url: str, budget: Budget) -> dict[str, Any]:
    """Fetch what the origin of `url` itself serves, for what counts as that origin's word: consents, activities.

    Many servers redirect to pages of others, which say what they like. Raises like `document`.
    """
    found = await document(app, url, budget)
    if not same_origin(vocab.web_uri(found.get("id")) or "", url):
        raise Refused(reason="the word of another origin than the one that was asked")
    return found


async def page(app: App, url: str, budget: Budget) -> tuple[dict[str, Any], str]:
    """Fetch a collection or a page of one: (document, where it came from), of the same origin as `url`.

    Pages need no id of their own: what is in them is believed of that origin only. Raises like `document`.
    """
    found, final = await _get(app, url, budget)
    if not same_origin(final, url):
        raise Refused(reason="a collection on another origin than the one that was asked for")
    return found, final


async def _get(app: App, url: str, budget: Budget) -> tuple[dict[str, Any], str]:
    url = without_fragment(url)
    if is_ours(app, url):
        raise Refused(reason="our own server is never fetched")
    if await domains.suspended(app, host_of(url)):
        raise Forbidden(reason="the domain is blocked here")
    failures.check(app, url)
    budget.spend(host_of(url))
    try:
        return await _asked(app, url)
    except FediNoteError as error:
        failures.note(app, url, error)
        raise


async def _asked(app: App, url: str) -> tuple[dict[str, Any], str]:
    async def ask(choose: Choice) -> Response:
        sign = await signing.instance_signer(app, choose)
        return await app.outbound.get(url, accept=ACCEPT, limit=MAX_DOCUMENT, sign=sign)

    try:
        answer = await knocking.knock(app, ask)
    except Unreachable:
        failures.silent(app, url)
        raise
    failures.answered(app, url)
    _check_status(answer)
    kinds = [value for name, value in answer.headers.items() if name.lower() == "content-type"]
    if len(kinds) != 1 or not is_activity_type(kinds[0]):
        raise Refused(reason="the answer is not of an ActivityPub type")
    if await domains.suspended(app, host_of(answer.url)):
        raise Forbidden(reason="the domain is blocked here")
    return vocab.plain(vocab.decode(answer.body)), answer.url


def _check_status(answer: Response) -> None:
    if answer.status == 410:
        raise Gone
    if answer.status == 404:
        raise NotFound
    if answer.status in (408, 425, 429) or answer.status >= 500:
        raise Unreachable(reason=f"status {answer.status}")
    if answer.status != 200:
        raise Refused(reason=f"status {answer.status}")


def is_activity_type(value: str) -> bool:
    """Tell whether a Content-Type is ActivityPub's: activity+json, or ld+json with the profile (A08)."""
    kind, *parameters = (part.strip() for part in value.split(";"))
    if kind.lower() == "application/activity+json":
        return True
    if kind.lower() != "application/ld+json":
        return False
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "profile" and PROFILE in text.strip().strip('"').split():
            return True
    return False


async def webfinger(app: App, handle: discovery.Handle, budget: Budget) -> tuple[discovery.Handle | None, str | None]:
    """Ask a host who a handle is: (subject, id of the actor), neither proven. Raises like `document`."""
    return discovery.parse_jrd(await _finger(app, handle, budget))


async def subscribe_template(app: App, handle: discovery.Handle, budget: Budget) -> str | None:
    """Ask a host where the owner of a handle can act on what lies elsewhere: a URL with `{uri}` in it, or None.

    Raises like `document`.
    """
    return discovery.subscribe_template(await _finger(app, handle, budget))


async def _finger(app: App, handle: discovery.Handle, budget: Budget) -> dict[str, Any]:
    if await domains.suspended(app, handle.host):
        raise Forbidden(reason="the domain is blocked here")
    budget.spend(handle.host)
    scheme = "http" if app.settings.federation.allow_http and not app.settings.secure else "https"
    url = f"{scheme}://{handle.host}/.well-known/webfinger?resource=acct:{handle.username}@{handle.host}"
    answer = await app.outbound.get(url, accept="application/jrd+json, application/json", limit=MAX_WEBFINGER)
    _check_status(answer)
    found = answer.json()
    if not isinstance(found, dict):
        raise Malformed(reason="the WebFinger answer is not an object")
    return found
