"""`fedinote doctor`: looks whether everything that a server needs is in order, and says what to do where it is not."""

import asyncio
import contextlib
import http.client
import operator
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import click
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from fedinote.auth import users
from fedinote.cli.context import SETTINGS_WRONG, Setup, WrongSettings, pass_setup
from fedinote.cli.tracing import post
from fedinote.infra import choices, keys, migrations, resources
from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.infra.settings import Settings
from fedinote.translation.routing import Router

Mark = Literal["ok", "warning", "wrong"]
_AHEAD_MS = 300_000
_LOOPBACK = ("localhost", "127.", "[::1]")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look gave: the matter, how it stands, and a sentence with the remedy."""

    matter: str
    mark: Mark
    text: str


@click.group(invoke_without_command=True)
@pass_setup
@click.pass_context
def doctor(context: click.Context, setup: Setup) -> None:
    """Check settings, database, clock, keys, and that the server finds itself by WebFinger.

    Ends with 1 when something is wrong (2: a setting); warnings alone end with 0.

    \b
    Examples:
      fedinote doctor
      fedinote --config /etc/fedinote.toml doctor
      fedinote doctor post URL          why did this post not arrive?
    """
    if context.invoked_subcommand is None:
        _check(setup)


doctor.add_command(post)


def _check(setup: Setup) -> None:
    settings = setup.settings()
    findings = check_settings(settings)
    code = 1
    try:
        findings += setup.run(examine)
    except WrongSettings as error:
        findings.append(Finding("settings", "wrong", error.message))
        code = SETTINGS_WRONG
    except click.ClickException as error:
        findings.append(Finding("database", "wrong", error.message))
    except Exception as error:  # noqa: BLE001  whatever keeps the instance from opening is the finding
        findings.append(Finding("database", "wrong", f"it cannot be opened: {type(error).__name__}: {error}"))
    for finding in findings:
        colour = {"ok": "green", "warning": "yellow", "wrong": "red"}[finding.mark]
        click.echo(f"{click.style(finding.mark.ljust(8), fg=colour)} {finding.matter}: {finding.text}")
    if any(finding.mark == "wrong" for finding in findings):
        raise SystemExit(code)


def check_settings(settings: Settings) -> list[Finding]:
    """Look at what the settings mean, without opening anything."""
    host = settings.host
    if host.startswith(_LOOPBACK):
        text = f"server.base_url is {settings.base}: fine for trying out, but other servers cannot reach it"
        address = Finding("address", "warning", text)
    elif not settings.secure:
        address = Finding("address", "warning", "server.base_url is not https: other servers will refuse it")
    else:
        address = Finding("address", "ok", settings.base)
    folder = settings.data_path
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    writable = os.access(place, os.W_OK)
    text = str(folder) if writable else f"{folder} (server.data_dir) cannot be written by this user"
    return [address, Finding("data directory", "ok" if writable else "wrong", text)]


async def examine(app: App) -> list[Finding]:
    """Look at an instance whose database is open. One failing check does not hide the others."""
    checks: tuple[tuple[str, Callable[[App], Awaitable[Finding]]], ...] = (
        ("migrations", _migrations),
        ("clock", _clock),
        ("secrets", _secrets),
        ("keys", _keys),
        ("owner", _owner),
        ("chosen settings", _choices),
        ("files", _files),
        ("jobs", _jobs),
        ("translation", _translation),
        ("webfinger", _webfinger),
        ("reachable", _reachable),
    )
    findings = [Finding("database", "ok", app.db.dialect)]
    for matter, check in checks:
        try:
            findings.append(await check(app))
        except Exception as error:  # noqa: BLE001  as above
            findings.append(Finding(matter, "wrong", f"the check failed: {type(error).__name__}: {error}"))
    return findings


async def _migrations(app: App) -> Finding:
    waiting = await migrations.pending(app.db)
    if waiting:
        return Finding("migrations", "wrong", f"{len(waiting)} to apply. Run: fedinote migrate")
    return Finding("migrations", "ok", "all applied")


async def _clock(app: App) -> Finding:
    newest = await app.db.value("SELECT MAX(created_at) AS value FROM accounts WHERE domain = ''")
    present = time.time() * 1000
    if newest is not None and newest > present + _AHEAD_MS:
        return Finding("clock", "wrong", "the database holds times in the future: the clock went back. Set it right")
    if app.db.dialect == "postgresql":
        theirs = await app.db.value("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS value")
        if abs(theirs - present) > _AHEAD_MS:
            return Finding("clock", "wrong", "this machine and the database's differ by more than 5 minutes")
    return Finding("clock", "ok", app.now().strftime("%Y-%m-%d %H:%M:%S UTC"))


async def _secrets(app: App) -> Finding:
    names = {row["name"] for row in await app.db.rows("SELECT name FROM secrets")}
    missing = sorted({keys.COOKIE_KEY, keys.FACTOR_KEY, keys.VAPID_PRIVATE, keys.VAPID_PUBLIC} - names)
    if missing:
        return Finding("secrets", "warning", f"not made yet: {', '.join(missing)}. The first start makes them")
    return Finding("secrets", "ok", "there")


async def _keys(app: App) -> Finding:
    rows = await app.db.rows(
        "SELECT a.username, k.public_pem, k.private_pem FROM accounts a LEFT JOIN account_keys k ON k.account_id = a.id"
        " WHERE a.domain = '' AND a.deleted_at IS NULL"
    )
    if not rows:
        return Finding("keys", "warning", "there is no account yet, the server's own included. Start it once")
    broken = await asyncio.to_thread(
        lambda: [row["username"] for row in rows if not _fits(row["public_pem"], row["private_pem"])]
    )
    if broken:
        names = ", ".join(broken[:5])
        return Finding("keys", "wrong", f"missing or not a pair: {names}. Restore them from a backup")
    return Finding("keys", "ok", "1 key pair fits" if len(rows) == 1 else f"{len(rows)} key pairs fit")


def _fits(public_pem: str | None, private_pem: str | None) -> bool:
    if not public_pem or not private_pem:
        return False
    try:
        private = load_pem_private_key(private_pem.encode(), None, unsafe_skip_rsa_key_validation=True)
        public = load_pem_public_key(public_pem.encode())
        if not isinstance(private, rsa.RSAPrivateKey) or not isinstance(public, rsa.RSAPublicKey):
            return False
        public.verify(private.sign(b"doctor", padding.PKCS1v15(), SHA256()), b"doctor", padding.PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True


async def _owner(app: App) -> Finding:
    if await users.has_owner(app):
        return Finding("owner", "ok", "there")
    text = "nobody is owner yet. Open the link that `fedinote serve` prints, or: fedinote user create NAME --role owner"
    return Finding("owner", "warning", text)


async def _choices(app: App) -> Finding:
    """Tell which settings were chosen while the server ran, without effect: locked since, or not fitting any more."""
    unused = [f"{one.key} ({choices.place_of(app, one.key) or 'does not fit'})" for one in choices.unused(app)]
    if unused:
        return Finding("chosen settings", "warning", f"without effect: {', '.join(unused)}. See: fedinote setting list")
    return Finding("chosen settings", "ok", f"{len(choices.kept(app))} of them")


async def _files(app: App) -> Finding:
    missing = [name for name in ("static", "migrations") if not resources.folder(name).is_dir()]
    if missing:
        return Finding("files", "wrong", f"the installation lacks {', '.join(missing)}")
    return Finding("files", "ok", "complete")


async def _translation(app: App) -> Finding:
    router: Router = app.translator
    away: list[str] = []
    for engine in router.engines:
        try:
            await router.languages(partial(operator.is_, engine))
        except Unavailable as error:
            away.append(f"{engine.name} does not answer ({error.reason})")
    if away:
        return Finding("translation", "warning", f"{'; '.join(away)}. Look at [translation] of the settings")
    return Finding("translation", "ok", ", ".join(f"{one.name} ({one.location})" for one in router.engines))


async def _jobs(app: App) -> Finding:
    dead = await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE dead_at IS NOT NULL")
    waiting = await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE dead_at IS NULL")
    return Finding("jobs", "warning" if dead else "ok", f"{waiting} waiting, {dead} given up")


def _self_path(settings: Settings) -> str:
    return f"/.well-known/webfinger?resource={quote(f'acct:{settings.host}@{settings.host}')}"


async def _webfinger(app: App) -> Finding:
    """Ask for the server's own actor: over HTTP when the server runs, else by its ASGI application in this process."""
    path = _self_path(app.settings)
    answer = await asyncio.to_thread(_over_http, app.settings, path)
    how = f"at {app.settings.server.bind} (server.bind)"
    if answer is None:
        answer = await _in_process(app, path)
        how = f"in this process; nobody answers {how}"
    status, body = answer
    if status != 200 or app.url("/actor") not in _links(body):
        return Finding("webfinger", "wrong", f"the server does not find itself: status {status}, {how}")
    return Finding("webfinger", "ok", how)


async def _reachable(app: App) -> Finding:
    """Ask at the address that people and other servers use, through proxy and TLS."""
    settings = app.settings
    where = f"{settings.base} (server.base_url)"
    try:
        status, body = await asyncio.to_thread(_at_base_url, settings, _self_path(settings))
    except (OSError, ValueError, http.client.HTTPException) as error:
        text = f"nobody answers at {where}: {error}. Start the server, or look at the proxy, its TLS and the name"
        return Finding("reachable", "warning", text)
    if status != 200 or app.url("/actor") not in _links(body):
        text = f"what answers at {where} is not this server: status {status}. Look at the proxy and at server.bind"
        return Finding("reachable", "wrong", text)
    return Finding("reachable", "ok", f"at {where}")


def _at_base_url(settings: Settings, path: str) -> tuple[int, bytes]:
    kind = http.client.HTTPSConnection if settings.secure else http.client.HTTPConnection
    connection = kind(settings.host, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(65_536)
    finally:
        connection.close()


def _links(body: bytes) -> list[str]:
    with contextlib.suppress(msgspec.DecodeError, AttributeError, TypeError):
        return [link.get("href", "") for link in msgspec.json.decode(body).get("links", [])]
    return []


def _over_http(settings: Settings, path: str) -> tuple[int, bytes] | None:
    address, _, port = settings.server.bind.rpartition(":")
    address = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(address, address.strip("[]"))  # noqa: S104  where to ask
    connection = http.client.HTTPConnection(address, int(port), timeout=5)
    headers = {"Host": settings.host, "X-Forwarded-Proto": urlsplit(settings.base).scheme}
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(65_536)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


async def _in_process(app: App, path: str) -> tuple[int, bytes]:
    from fedinote import server

    status = 0
    body = b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await server.create(app)(_request(app, path), receive, send)
    return status, body


def _request(app: App, path: str) -> dict[str, Any]:
    where, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": urlsplit(app.settings.base).scheme,
        "path": where,
        "raw_path": where.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", app.settings.host.encode())],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
