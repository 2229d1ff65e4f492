"""The npm package activitypub-testing, run on an actor of ours."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

from tests.support.instances import Instance

PASSED = 8


def _plain(document: Any) -> Any:
    """Take the prefixes from the names of a compacted JSON-LD document."""
    if isinstance(document, dict):
        return {name.rpartition(":")[2]: _plain(value) for name, value in document.items()}
    return [_plain(value) for value in document] if isinstance(document, list) else document


async def test_our_actor_passes(home: Instance, node_folder: Path) -> None:
    alice = await home.person("alice")
    await alice.post("A first post, so that the collections are not empty")
    shutil.copy(Path(__file__).with_name("offline.mjs"), node_folder)
    process = await asyncio.create_subprocess_exec(
        "node", "--import", "./offline.mjs", "node_modules/activitypub-testing/src/cli.js", "test", "actor",
        f"http://{home.host}/users/alice", "--output=json", f"--input.authorization=Bearer {alice.token}",
        cwd=node_folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 180)
    assert process.returncode == 0, errors.decode()[-2000:]
    found = _plain(json.loads(output))["credentialSubject"]["assertions"]
    outcomes = {entry["test"]["slug"]: entry["result"]["outcome"] for entry in found}
    print(outcomes)
    assert [slug for slug, outcome in outcomes.items() if outcome == "failed"] == []
    assert sum(outcome == "passed" for outcome in outcomes.values()) >= PASSED
