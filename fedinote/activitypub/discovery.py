"""Finding accounts and servers: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo 2.0 and 2.1, and host names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import idna

from fedinote.activitypub.quirks import same_id
from fedinote.activitypub.shapes import items, line, web_uri
from fedinote.infra.errors import Malformed

ACTIVITY_JSON = "application/activity+json"
LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
JRD_JSON = "application/jrd+json"
XRD_XML = "application/xrd+xml"

MAX_HOST = 253
MAX_LABEL = 63
MAX_USERNAME = 2048
MAX_PORT = 65535

_SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
_PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
_AVATAR = "http://webfinger.net/rel/avatar"
_APPLICATION_ACTOR = "https://www.w3.org/ns/activitystreams#Application"
_INTENT = "https://w3id.org/fep/3b86/"
_INTENTS = ("Object", "Follow", "Like", "Announce")
_NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/"

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_ADDRESS = re.compile(r"\[[0-9a-f:.]{2,45}\]")
_HANDLE = re.compile(r"@?([^\s@/?#<>\"]{1,2048})@([^\s@/?#<>\"]{1,512})")


@dataclass(frozen=True, slots=True)
class Handle:
    """An account address `username@host`; the username keeps its case, the host is normalised."""

    username: str
    host: str


@dataclass(frozen=True, slots=True)
class JrdOut:
    """What WebFinger answers about one of our actors. `subscribe` is a URL template with `{uri}` in it.

    The page there lets the account's owner follow, like or boost what is found at that address.
    """

    username: str
    host: str
    actor: str
    profile: str | None = None
    avatar: str | None = None
    avatar_type: str | None = None
    subscribe: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeInfoOut:
    """What NodeInfo says of this server; the counts are of local people and posts."""

    version: str
    open_registrations: bool
    users: int
    active_month: int
    active_half_year: int
    posts: int
    repository: str
    homepage: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


def normalise_host(host: str) -> str:
    """The host in its one spelling: lower case, punycode, no final dot; a port is kept (`localhost:3000`).

    The length is capped before IDNA, whose cost grows faster than the input. Raises `Malformed` for what is no host.
    """
    if len(host) > MAX_HOST + len(":65535"):
        raise Malformed(reason="the host is too long")
    name, port = _split_port(host.strip().lower())
    name = name.removesuffix(".")
    if _ADDRESS.fullmatch(name):
        return name + port
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii").lower()
        except UnicodeError:
            raise Malformed(reason="the host is not valid IDNA") from None
    if len(name) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise Malformed(reason="not a host")
    return name + port


def _split_port(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host, ""
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= MAX_PORT):
        raise Malformed(reason="not a port")
    return name, f":{int(port)}"


def parse_handle(value: str) -> Handle:
    """`user@host`, `@user@host` or `acct:user@host` as a handle; raises `Malformed`."""
    address = value.strip()[: MAX_USERNAME + MAX_HOST]
    match = _HANDLE.fullmatch(address[5:] if address[:5].lower() == "acct:" else address)
    if match is None:
        raise Malformed(reason="not an account address")
    return Handle(match.group(1), normalise_host(match.group(2)))


def parse_resource(resource: str) -> Handle | str:
    """What WebFinger is asked for: a `Handle` for `acct:User@Host` (or bare), the URL for an http(s) one.

    Raises `Malformed` (400) for anything else.
    """
    stripped = resource.strip()
    if stripped.lower().startswith(("https://", "http://")):
        url = web_uri(stripped)
        if url is None:
            raise Malformed(reason="the resource is not a URL")
        return url
    return parse_handle(stripped)


def jrd(account: JrdOut) -> dict[str, Any]:
    """The WebFinger document of a local actor; serve as `JRD_JSON` with `Access-Control-Allow-Origin: *`."""
    links: list[dict[str, str]] = []
    if account.profile:
        links.append({"rel": _PROFILE_PAGE, "type": "text/html", "href": account.profile})
    links.append({"rel": "self", "type": ACTIVITY_JSON, "href": account.actor})
    links.append({"rel": "self", "type": LD_JSON, "href": account.actor})
    if account.subscribe:
        links.append({"rel": _SUBSCRIBE, "template": account.subscribe})
        intent = account.subscribe.replace("{uri}", "{object}")  # FEP-3b86 names its parameters itself
        links += [{"rel": _INTENT + kind, "template": intent} for kind in _INTENTS]
    if account.avatar:
        kind = {"type": account.avatar_type} if account.avatar_type else {}
        links.append({"rel": _AVATAR, **kind, "href": account.avatar})
    aliases = [alias for alias in (account.profile, account.actor, *account.aliases) if alias]
    return {
        "subject": f"acct:{account.username}@{account.host}",
        "aliases": list(dict.fromkeys(aliases)),
        "links": links,
    }


def parse_jrd(document: dict[str, Any]) -> tuple[Handle | None, str | None]:
    """(subject, id of the actor) of a WebFinger answer; None for what is missing or unusable.

    The actor is the `self` link of an ActivityPub type. Neither is proven: the actor must be fetched, and a subject on
    another host confirmed there.
    """
    subject: Handle | None = None
    try:
        stated = line(document.get("subject"), MAX_USERNAME)
        subject = parse_handle(stated)
    except Malformed:
        pass
    links = [
        link for link in items(document.get("links"))[:100] if isinstance(link, dict) and link.get("rel") == "self"
    ]
    return subject, next((href for link in links if _is_activity(link) and (href := web_uri(link.get("href")))), None)


def _is_activity(link: Mapping[str, Any]) -> bool:
    kind = line(link.get("type"), 200).lower().replace(" ", "")
    return kind.split(";")[0] == ACTIVITY_JSON or kind.startswith(LD_JSON.replace(" ", ""))


def confirms(document: dict[str, Any], actor: str) -> bool:
    """Whether a WebFinger answer points at this very actor."""
    found = parse_jrd(document)[1]
    return found is not None and same_id(found, actor)


def subscribe_template(document: dict[str, Any]) -> str | None:
    """The URL template for following from that account's server (`{uri}` in it), if the answer has one."""
    for link in items(document.get("links"))[:100]:
        if isinstance(link, dict) and link.get("rel") == _SUBSCRIBE:
            template = link.get("template")
            if isinstance(template, str) and "{uri}" in template and web_uri(template.replace("{uri}", "x")):
                return template
    return None


def host_meta_xml(base_url: str) -> str:
    """`/.well-known/host-meta` (XRD): where WebFinger is asked."""
    template = escape(f"{base_url}/.well-known/webfinger?resource={{uri}}", {'"': "&quot;"})
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{template}"/>\n'
        "</XRD>\n"
    )


def host_meta_json(base_url: str) -> dict[str, Any]:
    """`/.well-known/host-meta.json`: the same as JRD."""
    return {"links": [{"rel": "lrdd", "template": f"{base_url}/.well-known/webfinger?resource={{uri}}"}]}


def nodeinfo_links(base_url: str, instance_actor: str) -> dict[str, Any]:
    """`/.well-known/nodeinfo`: both versions, and the server's own actor (FEP-2677)."""
    versions = [{"rel": _NODEINFO + version, "href": f"{base_url}/nodeinfo/{version}"} for version in ("2.0", "2.1")]
    return {"links": [*versions, {"rel": _APPLICATION_ACTOR, "href": instance_actor}]}


def nodeinfo(server: NodeInfoOut, version: str) -> dict[str, Any]:
    """The NodeInfo document in version `2.0` or `2.1`; serve as `nodeinfo_type(version)`."""
    software = {"name": "fedinote", "version": server.version}
    if version == "2.1":
        stated = {"repository": server.repository, "homepage": server.homepage}
        software |= {name: value for name, value in stated.items() if value}
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": server.open_registrations,
        "usage": {
            "users": {
                "total": server.users,
                "activeMonth": server.active_month,
                "activeHalfyear": server.active_half_year,
            },
            "localPosts": server.posts,
        },
        "metadata": dict(server.metadata),
    }


def nodeinfo_type(version: str) -> str:
    """The media type of a NodeInfo document, with the profile that its specification asks for."""
    return f'application/json; profile="{_NODEINFO}{version}#"; charset=utf-8'


def parse_nodeinfo_links(document: dict[str, Any]) -> str | None:
    """The URL of the newest NodeInfo (2.1, else 2.0) that a server's index offers; None when it has neither."""
    links: Sequence[Any] = items(document.get("links"))[:100]
    by_rel = {line(link.get("rel"), 100): web_uri(link.get("href")) for link in links if isinstance(link, dict)}
    return by_rel.get(f"{_NODEINFO}2.1") or by_rel.get(f"{_NODEINFO}2.0")


def parse_nodeinfo(document: dict[str, Any]) -> tuple[str, str]:
    """(software name in lower case, version) of another server; "" for what is not said."""
    software = document.get("software")
    if not isinstance(software, dict):
        return "", ""
    return line(software.get("name"), 100).lower(), line(software.get("version"), 100)
