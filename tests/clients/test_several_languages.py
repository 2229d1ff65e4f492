"""Posts in several languages from programs that know of no such thing: Mastodon.py and toot, unmodified."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.clients.test_toot import Terminal
from tests.support.process import ServerProcess

mastodon: Any = pytest.importorskip("mastodon")
pytest.importorskip("toot")
Client = Any
TEXT = "Tea at five\n---zh---\n五点喝茶"


def client(server: ServerProcess, name: str) -> Client:
    token = server.token(name, "read write follow push")
    return mastodon.Mastodon(access_token=token, api_base_url=server.base_url, ratelimit_method="throw")


@pytest.fixture(scope="module")
def alice(server: ServerProcess) -> Client:
    return client(server, "alice")


@pytest.fixture(scope="module")
def bob(server: ServerProcess) -> Client:
    return client(server, "bob")


def call(server: ServerProcess, who: Client, path: str, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {who.access_token}", "Content-Type": "application/json"}
    request = Request(f"{server.base_url}{path}", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_a_divided_post_is_written_read_edited_and_redrafted_by_mastodon_py(alice: Client) -> None:
    posted = alice.status_post(TEXT, language="en")
    assert "---" not in posted.content
    found = alice.status_translate(posted, lang="zh")
    assert "五点喝茶" in found.content
    assert alice.status_source(posted).text == TEXT
    edited = alice.status_update(posted, alice.status_source(posted).text.replace("五", "六").replace("five", "six"))
    assert "Tea at six" in edited.content
    assert "六点喝茶" in alice.status_translate(posted, lang="zh").content
    assert alice.status_delete(posted).text == TEXT.replace("五", "六").replace("five", "six")


def test_a_suggested_translation_is_a_notification_that_apps_survive(
    server: ServerProcess, alice: Client, bob: Client, tmp_path: Any
) -> None:
    posted = alice.status_post("Tea at five", language="en")
    path = f"/api/fedinote/v1/statuses/{posted.id}/translation_suggestions"
    made = call(server, bob, path, {"language": "de", "status": "Tee um fünf"})
    (notice,) = alice.notifications()
    assert (notice.type, notice.account.acct, notice.status.id) == ("translation_suggestion", "bob", posted.id)
    assert [one.type for one in alice.grouped_notifications().notification_groups] == ["translation_suggestion"]
    terminal = Terminal(tmp_path / "alice", server)
    terminal.login("alice")
    terminal.run("notifications")  # it passes over what it does not know
    assert [one["type"] for one in json.loads(terminal.run("notifications", "--json"))] == ["translation_suggestion"]
    call(server, alice, f"/api/fedinote/v1/translation_suggestions/{made['id']}/accept", {})
    found = bob.status_translate(posted, lang="de")
    assert ("Tee um fünf" in found.content, found.provider) == (True, "@bob")
    alice.notifications_clear()


def test_toot_writes_a_divided_post(server: ServerProcess, bob: Client, tmp_path: Any) -> None:
    terminal = Terminal(tmp_path / "alice", server)
    terminal.login("alice")
    posted = json.loads(terminal.run("post", "--language", "en", "--json", TEXT))
    assert "五点喝茶" in bob.status_translate(posted["id"], lang="zh-CN").content
