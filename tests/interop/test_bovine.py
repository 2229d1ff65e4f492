"""The bovine library: what it signs we accept, what we sign it accepts."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from fedinote import worker
from tests.support.fakefedi import PUBLIC, FakeActor, FakeFedi
from tests.support.instances import Instance, Person


def _bovine(python: Path, order: dict[str, Any]) -> dict[str, Any]:
    script = Path(__file__).with_name("bovine_peer.py")
    done = subprocess.run(
        [str(python), str(script)], input=json.dumps(order), capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _pem(actor: FakeActor) -> str:
    return actor.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


async def _send(python: Path, home: Instance, actor: FakeActor, *, private: Person, content_digest: bool) -> Any:
    """Let bovine post a mention to us, and get a followers-only post of ours."""
    note = actor.note("Signed by bovine", to=[PUBLIC, f"http://{home.host}/users/alice"])
    status = await private.post("Only for followers", visibility="private")
    order = {
        "do": "send", "key_id": actor.key_id, "private_key": _pem(actor), "content_digest": content_digest,
        "inbox": f"http://{home.host}/inbox", "body": json.dumps(actor.create(note)), "get": status["uri"],
    }  # fmt: skip
    done = await asyncio.to_thread(_bovine, python, order)
    await worker.settle(home.app)
    assert await home.app.db.row("SELECT id FROM posts WHERE uri = ?", note["id"]) is not None
    return done


@pytest.mark.parametrize("content_digest", [False, True])
async def test_what_bovine_signs_is_accepted(
    home: Instance, fedi: FakeFedi, other_python: Path, content_digest: bool
) -> None:
    actor = (await fedi.host()).actor("bo")
    alice = await home.person("alice")
    done = await _send(other_python, home, actor, private=alice, content_digest=content_digest)
    assert done["post"] == 202
    assert done["get"] == 404  # it does not follow Alice


async def test_what_we_sign_bovine_accepts(home: Instance, fedi: FakeFedi, other_python: Path) -> None:
    host = await fedi.host()
    actor = host.actor("bo")
    alice = await home.person("alice")
    account = await alice.find(actor.handle)
    await alice.call("POST", f"/api/v1/accounts/{account['id']}/follow")
    await worker.settle(home.app)
    key = (await alice.instance.call("GET", "/users/alice", headers={"Accept": "application/activity+json"}))[
        "publicKey"
    ]
    seen = next(request for request in host.requests if request.method == "POST")
    order = {
        "do": "check", "method": "post", "url": f"{host.base}{seen.target}", "headers": seen.headers,
        "body": seen.body.decode(), "public_key": key["publicKeyPem"], "owner": key["owner"],
    }  # fmt: skip
    assert _bovine(other_python, order) == {"owner": key["owner"]}
    assert _bovine(other_python, order | {"body": seen.body.decode() + " "}) == {"owner": None}
