"""Answers against the published description of the API, and the keys that real answers always had."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.client import File
from tests.api.conftest import picture
from tests.api.test_statuses import write

jsonschema = pytest.importorskip("jsonschema")

# Keys that came with Mastodon 4.6 (collections, profile pages): not promised by our version.
LATER = {
    "tagged_collections",
    "feature_approval",
    "show_featured",
    "show_media",
    "show_media_replies",
    "collection_limit",
    "collections",
    "featuring",
    "wrapstodon",
}


@pytest.fixture(scope="session")
def entity_problem(shared: Path):
    document = json.loads((shared / "client_api" / "schema.json").read_text())

    def problem(name: str, body: object) -> list[str]:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        return [
            f"{'.'.join(map(str, error.absolute_path))}: {error.message[:100]}"
            for error in jsonschema.Draft202012Validator(schema).iter_errors(body)
        ]

    return problem


@pytest.fixture(scope="session")
def always(shared: Path) -> dict[str, set[str]]:
    found = json.loads((shared / "client_api" / "always_present.json").read_text())
    return {name: set(facts["always"]) - LATER for name, facts in found.items()}


async def everything(alice, bob, stranger) -> list[tuple[str, Any]]:
    """Return answers of all kinds with the names of their entities."""
    media = (await alice.post("/api/v2/media", parts=[("file", File("a.png", picture()))])).json
    post = await write(alice, "@bob look #tea", media_ids=[media["id"]], spoiler_text="cw")
    await alice.put(f"/api/v1/statuses/{post['id']}", {"status": "@bob look again #tea", "media_ids": [media["id"]]})
    poll = await write(alice, "?", poll={"options": ["a", "b"], "expires_in": 600})
    boost = (await bob.post(f"/api/v1/statuses/{post['id']}/reblog")).json
    path = f"/api/v1/statuses/{post['id']}"
    found = (await bob.get("/api/v2/search", {"q": "tea"})).json
    return [
        ("Status", boost),
        ("Status", (await bob.get(path)).json),
        ("Status", (await stranger.get(path)).json),
        ("Context", (await bob.get(f"{path}/context")).json),
        ("StatusSource", (await alice.get(f"{path}/source")).json),
        *(("StatusEdit", one) for one in (await alice.get(f"{path}/history")).json),
        ("MediaAttachment", media),
        ("StatusMention", boost["reblog"]["mentions"][0]),
        ("StatusTag", boost["reblog"]["tags"][0]),
        ("Poll", poll["poll"]),
        ("Account", (await stranger.get(f"/api/v1/accounts/{alice.id}")).json),
        ("CredentialAccount", (await alice.get("/api/v1/accounts/verify_credentials")).json),
        ("Preferences", (await alice.get("/api/v1/preferences")).json),
        ("Search", found),
        ("Tag", found["hashtags"][0]),
        ("Instance", (await stranger.get("/api/v2/instance")).json),
        ("V1Instance", (await stranger.get("/api/v1/instance")).json),
        ("Rule", (await stranger.get("/api/v1/instance/rules")).json[0]),
        (
            "ExtendedDescription",
            {**(await stranger.get("/api/v1/instance/extended_description")).json, "updated_at": ""},
        ),
    ]


async def test_every_answer_fits_the_description_of_its_entity(alice, bob, stranger, entity_problem):
    problems = {}
    for name, body in await everything(alice, bob, stranger):
        if found := entity_problem(name, body):
            problems[name] = found
    assert problems == {}


async def test_every_key_that_real_answers_always_had_is_there(alice, bob, stranger, always):
    missing = {}
    for name, body in await everything(alice, bob, stranger):
        if absent := always.get(name, set()) - set(body):
            missing[name] = absent
    assert missing == {}
