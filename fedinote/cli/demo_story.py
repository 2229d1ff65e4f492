"""The story that `fedinote demo` plays: two people on two servers follow each other, write, and read in translation.

They speak the client API, as any Mastodon app does.
"""

import asyncio
import contextlib
import re
import socket
import unicodedata
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from fedinote.infra.errors import FediNoteError
from fedinote.text import html
from fedinote.text.language_names import own_name

if TYPE_CHECKING:
    from fedinote.infra.outbound import Outbound

PATIENCE = 90.0
_PERHAPS = " If one of the two was blocked in an earlier run, begin anew with --fresh."
_BREATH = 0.25
_COLUMN = 36
_PIECE = re.compile("[\u3400-\u9fff][\u3000-\u303f\uff00-\uffef]*|[^\\s\u3000-\u9fff\uff00-\uffef]+\\s*|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cast:
    """One of the two servers, and the person who lives there."""

    title: str
    description: str
    name: str
    display_name: str
    note: str
    language: str
    text: str


ALICE = Cast(
    title="FediNote English",
    description="A small server of people who write English. It is part of a demonstration.",
    name="alice",
    display_name="Alice",
    note="Writes English, reads Chinese posts in English. #tea",
    language="en",
    text="Hello world! I like tea, coffee and cats. Thanks, everyone! #tea",
)
BAO = Cast(
    title="飞记 中文",
    description="一个写中文的小服务器，用来演示。",
    name="bao",
    display_name="阿宝",
    note="写中文，用中文看英文的帖子。 #茶",
    language="zh",
    text="你好，世界！今天北京天气很好，我喝茶，吃饺子，看书。谢谢大家！#茶",
)


@dataclass(slots=True)
class Side:
    """A server of the demonstration: who lives there, where it listens, and what opens it."""

    cast: Cast
    port: int
    folder: Path
    listening: socket.socket
    password: str
    token: str = ""

    @property
    def host(self) -> str:
        """The server's name in handles."""
        return f"localhost:{self.port}"

    @property
    def base(self) -> str:
        """The server's address."""
        return f"http://{self.host}"

    @property
    def handle(self) -> str:
        """The full handle of the person."""
        return f"@{self.cast.name}@{self.host}"


class Caller:
    """Somebody's app: speaks the client API of a server, as any Mastodon app does."""

    def __init__(self, outbound: "Outbound", side: Side, child: Process) -> None:
        self.side = side
        self.cast = side.cast
        self.account_id = ""
        self._outbound = outbound
        self._child = child

    async def call(self, method: str, path: str, json: Mapping[str, Any] | None = None) -> Any:
        """Send one request and return the answer. Ends the command when it is no 200."""
        headers = {"Authorization": f"Bearer {self.side.token}"}
        answer = await self._outbound.call_service(
            method, self.side.base + path, json=json, headers=headers, timeout=30.0
        )
        if answer.status != 200:
            text = answer.body.decode(errors="replace")[:300]
            raise click.ClickException(f"{self.side.base}: {method} {path} was answered with {answer.status}: {text}")
        return answer.json()

    async def until(self, what: str, look: Callable[[], Awaitable[Any]]) -> Any:
        """Look again and again until there is something. Ends the command when it takes too long."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := await look()):  # noqa: ASYNC110  another process has no event for us
                    await asyncio.sleep(_BREATH)
                return found
        except TimeoutError:
            raise click.ClickException(
                f"{self.side.base}: {what} did not happen in {PATIENCE:.0f} seconds.{_PERHAPS}"
            ) from None

    async def ready(self) -> bool:
        """Tell whether the server answers. Ends the command when its process has ended."""
        if self._child.returncode is not None:
            raise click.ClickException(f"The server ended; what it said is in {self.side.folder / 'server.log'}")
        with contextlib.suppress(FediNoteError):
            answer = await self._outbound.call_service("GET", f"{self.side.base}/health/ready", timeout=2.0)
            return answer.status == 200
        return False


async def play(first: Caller, second: Caller) -> None:
    """Let the two meet, write and read; tell on the terminal what happened."""
    pairs = ((first, second), (second, first))
    for one in (first, second):
        await one.until("the start", one.ready)
        one.account_id = (await one.call("GET", "/api/v1/accounts/verify_credentials"))["id"]
        click.echo(f"  {one.side.base}  {one.cast.title}, where {one.cast.display_name} lives")
    for one, other in pairs:
        await _follow(one, other)
    click.echo(f"  {first.cast.display_name} and {second.cast.display_name} follow each other\n")
    written = {one.cast.name: await _write(one) for one in (first, second)}
    for reader, author in ((first, second), (second, first)):
        await _read(reader, author, written[author.cast.name])


async def _follow(one: Caller, other: Caller) -> None:
    """Find the other person by handle, which asks their server, and follow until that server has accepted."""
    handle = quote(other.side.handle)
    found = await one.call("GET", f"/api/v2/search?q={handle}&type=accounts&resolve=true")
    if not found["accounts"]:
        raise click.ClickException(f"{one.side.base} does not find {other.side.handle}.{_PERHAPS}")
    account_id = found["accounts"][0]["id"]
    await one.call("POST", f"/api/v1/accounts/{account_id}/follow", {})

    async def accepted() -> bool:
        relations = await one.call("GET", f"/api/v1/accounts/relationships?id[]={account_id}")
        return bool(relations[0]["following"])

    await one.until(f"that {other.side.handle} accepts the follow", accepted)


async def _write(one: Caller) -> dict[str, Any]:
    """Post, or return the same post of an earlier run."""
    posts: list[dict[str, Any]] = await one.call("GET", f"/api/v1/accounts/{one.account_id}/statuses?limit=40")
    wanted = " ".join(one.cast.text.split())
    for post in posts:
        if " ".join(html.to_text(post["content"]).split()) == wanted:
            return post
    text = {"status": one.cast.text, "language": one.cast.language, "visibility": "public"}
    made: dict[str, Any] = await one.call("POST", "/api/v1/statuses", text)
    return made


async def _read(reader: Caller, author: Caller, written: Mapping[str, Any]) -> None:
    """Wait for the post in the reader's home, have it translated, and print both."""

    async def arrived() -> dict[str, Any] | None:
        home: list[dict[str, Any]] = await reader.call("GET", "/api/v1/timelines/home?limit=40")
        return next((post for post in home if post["uri"] == written["uri"]), None)

    post = await reader.until(f"that the post of {author.side.handle} arrives", arrived)
    asked = {"lang": reader.cast.language}
    made = await reader.call("POST", f"/api/v1/statuses/{post['id']}/translate", asked)
    click.echo(f"  {author.cast.display_name} ({author.side.handle}) wrote, {reader.cast.display_name} reads:\n")
    heads = [own_name(author.cast.language), f"{own_name(reader.cast.language)} — by {made['provider']}"]
    click.echo(beside(heads, [html.to_text(post["content"]), html.to_text(made["content"])]) + "\n")


def beside(heads: list[str], texts: list[str]) -> str:
    """Return texts as columns below their heads; Chinese characters are two places wide."""
    columns = [[head, "─" * _COLUMN, *_wrapped(text)] for head, text in zip(heads, texts, strict=True)]
    height = max(map(len, columns))
    rows = zip(*(column + [""] * (height - len(column)) for column in columns), strict=True)
    return "\n".join(("    " + "   ".join(_padded(cell) for cell in row)).rstrip() for row in rows)


def _wrapped(text: str) -> list[str]:
    """Break a text into lines of a column's width: at spaces, and after Chinese characters and their punctuation."""
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and _width(lines[-1] + piece.rstrip()) > _COLUMN:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str) -> str:
    return text + " " * (_COLUMN - _width(text))
