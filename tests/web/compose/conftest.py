from collections.abc import Sequence

import pytest

from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.web import browser
from tests.media.pictures import encoded, picture
from tests.support.browser import Answer, Browser
from tests.support.people import client

Part = tuple[str, str] | tuple[str, str, bytes]
_EDGE = "an-edge-that-is-nowhere-else"


def png() -> bytes:
    return encoded(picture(), "PNG")


def multipart(parts: Sequence[Part]) -> bytes:
    """Write a form as RFC 7578 has it: (name, value), or (name, file name, content)."""
    body = b""
    for part in parts:
        file = f'; filename="{part[1]}"\r\nContent-Type: application/octet-stream' if len(part) == 3 else ""
        content = part[2] if len(part) == 3 else part[1].encode()
        body += f'--{_EDGE}\r\nContent-Disposition: form-data; name="{part[0]}"{file}\r\n\r\n'.encode() + content
        body += b"\r\n"
    return body + f"--{_EDGE}--\r\n".encode()


class Writer(Browser):
    """Somebody who is signed in, and sends forms with files."""

    token = ""

    async def form(self, path: str, *parts: Part, part: bool = False, token: str | None = None) -> Answer:
        """Send a form with its token (of the page of /publish, unless another one is given)."""
        if not self.token:
            page = await self.get("/publish")
            self.token = next(one for one in page.forms if one.action == "/publish").hidden["form_token"]
        sent = self.token if token is None else token
        body = multipart([("form_token", sent), *parts])
        more = {"x_part": "1"} if part else {}
        return await self.send("POST", path, body, {"content_type": f"multipart/form-data; boundary={_EDGE}", **more})

    async def uploaded(self) -> str:
        answer = await self.form("/compose/media", ("file", "a.png", png()), part=True)
        assert answer.status == 200, answer.text
        found: str = answer.json["id"]
        return found


async def writer(app: App, user: User) -> Writer:
    plain = client(app)
    found = Writer(plain.asgi, host=plain.host)
    found.cookies[browser.cookie_name(app, browser.SESSION)] = await sessions.start(app, user.id)
    return found


@pytest.fixture
async def hers(app: App, alice: User) -> Writer:
    return await writer(app, alice)
