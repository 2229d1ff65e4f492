"""The inputs of the fediverse-pasture project: objects as other software writes them, each sent to our inbox."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fedinote import worker
from tests.support.fakefedi import CONTEXT, PUBLIC, FakeActor, FakeFedi
from tests.support.instances import Instance
from tests.support.signing import deliver

PLACE = "http://pasture-one-actor"
ELSEWHERE = re.compile(r"https?://[a-z.]+\.example\b")  # nothing but loopback is asked
DUMP = """
import json
from fediverse_pasture_inputs import available
print(json.dumps({name: data.examples for name, data in available.items()}))
"""
# No posts: they are accepted and ignored, as Mastodon does.
NO_POSTS = {"Document", "Place", "Profile", "Relationship", "Tombstone"}


@pytest.fixture(scope="session")
def inputs(other_python: Path) -> dict[str, list[dict[str, Any]]]:
    done = subprocess.run([str(other_python), "-c", DUMP], capture_output=True, text=True, check=True, timeout=180)
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _note(actor: FakeActor, number: int, example: dict[str, Any]) -> dict[str, Any]:
    written = json.dumps(example).replace(f"{PLACE}/actor", actor.id).replace(PLACE, actor.host.base)
    written = ELSEWHERE.sub(actor.host.base, written)
    note = actor.note("plain")
    note |= {"@context": CONTEXT, "cc": [actor.url("followers")], "url": f"{actor.host.base}/@{actor.name}/{number}"}
    return {name: value for name, value in (note | json.loads(written)).items() if value is not None}


async def test_every_input_is_taken_and_shown(
    inputs: dict[str, list[dict[str, Any]]], home: Instance, fedi: FakeFedi
) -> None:
    host = await fedi.host()
    actor = host.actor("one")
    alice = await home.person("alice")
    account = await alice.find(actor.handle)
    await alice.call("POST", f"/api/v1/accounts/{account['id']}/follow")
    await worker.settle(home.app)
    request = next(a for a in host.received if a["type"] == "Follow")
    assert await deliver(home, actor, actor.activity("Accept", request)) == 202
    missing: list[tuple[str, dict[str, Any]]] = []
    for name, examples in inputs.items():
        for number, example in enumerate(examples):
            note = _note(actor, number, example)
            create = actor.activity("Create", note, to=note.get("to", [PUBLIC]), cc=note.get("cc", []))
            status = await deliver(home, actor, create)
            assert status == 202, (name, example)
            await worker.settle(home.app)
            found = await home.app.db.row("SELECT id FROM posts WHERE uri = ?", note.get("id", ""))
            if found is None:
                missing.append((name, example))
                continue
            shown = await alice.call("GET", f"/api/v1/statuses/{found['id']}")
            assert "<script" not in shown["content"]
    failed = await home.app.db.rows("SELECT error FROM jobs WHERE kind = 'federation.process'")
    assert failed == []
    without_id = [example for _, example in missing if example.get("id", "") is None]
    assert len(without_id) <= 1
    unexpected = [(name, one) for name, one in missing if one not in without_id and one.get("type") not in NO_POSTS]
    assert unexpected == []
