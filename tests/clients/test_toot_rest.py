"""toot's remaining commands, and that none is left out."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.clients.test_toot import Terminal
from tests.support.process import ServerProcess

cli: Any = pytest.importorskip("toot.cli")

NOT_CALLED = {
    "tui": "a screen for people; it asks what the commands ask",
    "login_cli": "sends a password to the token endpoint, a grant that Mastodon took away in 4.2 and OAuth 2.1 forbids",
}


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory, server: ServerProcess) -> Terminal:
    terminal = Terminal(tmp_path_factory.mktemp("alice"), server)
    terminal.login("alice")
    return terminal


@pytest.fixture(scope="module")
def bob(tmp_path_factory: pytest.TempPathFactory, server: ServerProcess) -> Terminal:
    terminal = Terminal(tmp_path_factory.mktemp("bob"), server)
    terminal.login("bob")
    return terminal


def _posted(terminal: Terminal, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(terminal.run("post", "--json", *arguments))
    return found


def test_every_kind_of_search(alice: Terminal) -> None:
    status = _posted(alice, "a pot of #pu'er and #longjing")
    found = json.loads(alice.run("search", "--json", "--type", "statuses", "pot"))
    assert [one["id"] for one in found["statuses"]] == [status["id"]]
    assert "longjing" in alice.run("search", "--type", "hashtags", "longj")
    assert "alice" in alice.run("search", "--type", "accounts", "--resolve", "alice")
    assert json.loads(alice.run("search", "--json", "--limit", "1", "--offset", "1", "alice"))["accounts"] == []


def test_every_timeline(alice: Terminal, bob: Terminal) -> None:
    _posted(alice, "in every timeline #oolong")
    for command in (["home"], ["public"], ["public", "--local"], ["tag", "oolong"], ["account", "alice"]):
        assert "in every timeline" in alice.run("timelines", *command, "--no-pager"), command
    assert "in every timeline" in alice.run("timeline", "--public", "--once")
    alice.run("timelines", "link", "https://example.com/", "--no-pager")
    alice.run("timelines", "trending", "--no-pager")
    assert "in every timeline" not in alice.run("timelines", "favourites", "--no-pager")


def test_a_post_with_everything_that_the_command_can_say(alice: Terminal, tmp_path: Path) -> None:
    picture, small = tmp_path / "a.png", tmp_path / "b.png"
    Image.new("RGB", (64, 64), "red").save(picture)
    Image.new("RGB", (16, 16), "blue").save(small)
    words = [
        "--media",
        str(picture),
        "--description",
        "red",
        "--thumbnail",
        str(small),
        "--sensitive",
        "--language",
        "en",
    ]
    status = _posted(alice, "everything", *words, "--spoiler-text", "cw", "--visibility", "private")
    assert (status["sensitive"], status["spoiler_text"], status["visibility"]) == (True, "cw", "private")
    assert status["media_attachments"][0]["description"] == "red"
    uploaded = json.loads(alice.run("upload", "--json", "--description", "again", str(picture)))
    assert uploaded["description"] == "again"


def test_likes_bookmarks_boosts_and_pins_go_both_ways(alice: Terminal, bob: Terminal) -> None:
    status = _posted(alice, "back and forth")["id"]
    for there, back in (("favourite", "unfavourite"), ("bookmark", "unbookmark"), ("reblog", "unreblog")):
        bob.run(there, status)
        bob.run(back, status)
    alice.run("pin", status)
    alice.run("unpin", status)
    assert "back and forth" not in bob.run("bookmarks")
    assert "bob" not in alice.run("reblogged-by", status)
    assert "back and forth" in alice.run("thread", status)
    alice.run("delete", status)
    alice.run("status", status, fails=True)


def test_people_are_kept_away_and_let_near(alice: Terminal, bob: Terminal) -> None:
    for there, listed, back in (("mute", "muted", "unmute"), ("block", "blocked", "unblock")):
        bob.run(there, "alice")
        assert [one["acct"] for one in json.loads(bob.run(listed, "--json"))] == ["alice"]
        bob.run(back, "alice")
        assert json.loads(bob.run(listed, "--json")) == []
    alice.run(
        "update-account", "--locked", "--discoverable", "--privacy", "unlisted", "--language", "de", "--sensitive"
    )
    shown = json.loads(alice.run("whoami", "--json"))
    assert (shown["locked"], shown["source"]["privacy"], shown["source"]["language"]) == (True, "unlisted", "de")
    bob.run("follow", "alice")
    assert "bob" in alice.run("follow-requests", "list")
    alice.run("follow-requests", "reject", "bob")
    assert "bob" not in alice.run("follow-requests", "list")
    bob.run("follow", "alice")
    alice.run("follow-requests", "accept", "bob")
    assert "bob" in alice.run("followers", "alice")
    assert "alice" in bob.run("following", "bob")
    bob.run("unfollow", "alice")
    alice.run("update-account", "--no-locked", "--privacy", "public", "--no-sensitive")
    assert "alice" in bob.run("whois", "alice")


def test_lists_tags_polls_and_notifications(alice: Terminal, bob: Terminal) -> None:
    bob.run("follow", "alice")
    made = json.loads(bob.run("lists", "create", "--json", "--replies-policy", "list", "Tea"))
    assert made["replies_policy"] == "list"
    bob.run("lists", "add", "Tea", "alice")
    assert "alice" in bob.run("lists", "accounts", "Tea")
    _posted(alice, "for the list")
    assert "for the list" in bob.run("timelines", "list", "Tea", "--no-pager")
    bob.run("lists", "remove", "Tea", "alice")
    bob.run("lists", "delete", "Tea")
    assert "Tea" not in bob.run("lists", "list")
    _posted(alice, "a cup of #sencha")
    for there, listed, back in (("follow", "followed", "unfollow"), ("feature", "featured", "unfeature")):
        bob.run("tags", there, "sencha")
        assert "sencha" in bob.run("tags", listed)
        bob.run("tags", back, "sencha")
    assert "sencha" in bob.run("tags", "info", "sencha")
    poll = _posted(alice, "which?", "--poll-option", "a", "--poll-option", "b", "--poll-expires-in", "1h")["poll"]["id"]
    bob.run("polls", "vote", poll, "1")
    assert "1 vote" in bob.run("polls", "show", poll)
    _posted(bob, "@alice hello")
    assert "hello" in alice.run("notifications", "--mentions", "--reverse")
    alice.run("notifications", "--clear")


def test_somebody_has_several_logins_and_leaves(alice: Terminal, server: ServerProcess) -> None:
    alice.login("bob")
    host = f"localhost:{server.port}"
    alice.run("activate", f"alice@{host}")
    assert '"alice"' in alice.run("whoami", "--json")
    assert '"bob"' in alice.run("--as", f"bob@{host}", "whoami", "--json")
    assert f"bob@{host}" in alice.run("auth")
    alice.run("logout", f"bob@{host}")
    assert f"bob@{host}" not in alice.run("auth")
    assert server.base_url.partition("//")[2] in alice.run("instance", server.base_url)
    assert alice.run("diag", "--server")


def _commands(group: Any) -> set[str]:
    """Name the commands that the help shows: others are former names of them."""
    return {name for name, command in group.commands.items() if not command.hidden}


def test_every_command_is_called_somewhere() -> None:
    written = "".join((Path(__file__).parent / name).read_text() for name in ("test_toot.py", Path(__file__).name))
    words = {word.strip('"') for word in written.replace(",", " ").replace("(", " ").replace(")", " ").split()}
    assert {one for one in _commands(cli.cli) if one not in words or one in NOT_CALLED} == set(NOT_CALLED)
    for name in _commands(cli.cli):
        command = cli.cli.commands[name]
        assert not (_commands(command) if hasattr(command, "commands") else set()) - words, name
