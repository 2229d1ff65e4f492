"""toot, the command line client: it logs in as a person would, and then does what a person does."""

import html
import json
import os
import re
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from PIL import Image

from tests.support.process import ServerProcess

pytest.importorskip("toot")
PASSWORD = "a long enough password"


class Terminal:
    """toot in a terminal, with a home of its own."""

    def __init__(self, home: Path, server: ServerProcess) -> None:
        self.home = home
        self.server = server
        home.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: str, given: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "toot", *arguments],
            input=given, capture_output=True, text=True, timeout=180, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
        )  # fmt: skip
        assert (done.returncode != 0) == fails, f"toot {arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def login(self, name: str) -> None:
        """Do what the login command asks for: open the URL, sign in, allow, and paste the code."""
        shown = subprocess.Popen(
            [sys.executable, "-m", "toot", "login", "--instance", self.server.base_url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert shown.stdin is not None
        assert shown.stdout is not None
        text = ""
        while "/oauth/authorize" not in text or not text.endswith("\n"):
            line = shown.stdout.readline()
            assert line, text
            text += line
        url = re.search(r"http\S+/oauth/authorize\S+", text)
        assert url is not None
        code = authorise(url.group(), name)
        rest, _ = shown.communicate(f"n\n{code}\n", timeout=60)
        assert "Successfully logged in" in rest, rest


def authorise(url: str, name: str) -> str:
    """Sign in and consent in a browser; the code that the page shows."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    base = re.match(r"https?://[^/]+", url)
    assert base is not None
    page = browser.open(url, timeout=60)
    for _ in range(5):
        text = page.read().decode()
        found = re.search(r"<code[^>]*>([^<]+)</code>", text)
        if found:
            return html.unescape(found.group(1)).strip()
        form = _form(text)
        fields = {
            html.unescape(n): html.unescape(v)
            for n, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[1])
        }
        if 'type="password"' in form[1]:
            visible = [n for n in re.findall(r'<input[^>]*name="([^"]+)"', form[1]) if n not in fields]
            fields |= {visible[0]: f"{name}@mail.example", visible[1]: PASSWORD}
        target = base.group() + html.unescape(form[0])
        request = Request(target, urlencode(fields).encode(), {"Origin": base.group()})
        page = browser.open(request, timeout=60)
    raise AssertionError("no code after five pages")


def _form(page: str) -> tuple[str, str]:
    """The form to send: the one that allows, or the one to sign in; its target and what is in it."""
    forms = re.findall(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", page, re.DOTALL)
    wanted = [form for form in forms if 'type="password"' in form[1] or 'value="allow"' in form[1]]
    assert wanted, page
    return wanted[0]


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


def _posted(terminal: Terminal, *arguments: str) -> dict:
    found: dict = json.loads(terminal.run("post", "--json", *arguments))
    return found


def test_somebody_logs_in_and_is_known(alice: Terminal) -> None:
    assert "alice" in alice.run("whoami")
    assert "alice" in alice.run("auth")


def test_a_post_with_a_picture(alice: Terminal, tmp_path: Path) -> None:
    picture = tmp_path / "tea.png"
    Image.new("RGB", (320, 200), "teal").save(picture)
    status = _posted(alice, "A picture of tea #tea", "--media", str(picture), "--description", "a teal square")
    assert status["media_attachments"][0]["description"] == "a teal square"
    assert status["media_attachments"][0]["blurhash"]
    assert "A picture of tea" in alice.run("timelines", "home")


def test_somebody_follows_reads_answers_boosts_and_likes(alice: Terminal, bob: Terminal) -> None:
    assert "following" in bob.run("follow", "alice").lower()
    status = _posted(alice, "Who is there?")
    assert "Who is there?" in bob.run("timelines", "home")
    answer = _posted(bob, "@alice me", "--reply-to", status["id"])
    assert answer["in_reply_to_id"] == status["id"]
    bob.run("reblog", status["id"])
    bob.run("favourite", status["id"])
    bob.run("bookmark", status["id"])
    assert "Who is there?" in bob.run("bookmarks")
    thread = alice.run("thread", status["id"])
    assert "@alice me" in thread
    shown = alice.run("notifications")
    assert all(word in shown for word in ("favourited", "boosted", "mentioned")), shown


def test_somebody_changes_their_mind(alice: Terminal, bob: Terminal) -> None:
    status = _posted(alice, "for a moment")
    for command in ("favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark"):
        bob.run(command, status["id"])
    alice.run("pin", status["id"])
    alice.run("unpin", status["id"])
    alice.run("delete", status["id"])
    alice.run("status", status["id"], fails=True)


def test_mute_block_and_lists(alice: Terminal, bob: Terminal) -> None:
    bob.run("mute", "alice")
    assert "alice" in bob.run("muted")
    bob.run("unmute", "alice")
    bob.run("block", "alice")
    assert "alice" in bob.run("blocked")
    bob.run("unblock", "alice")
    bob.run("follow", "alice")
    bob.run("lists", "create", "Friends")
    bob.run("lists", "add", "Friends", "alice")
    assert "alice" in bob.run("lists", "accounts", "Friends")


def test_what_others_ask(alice: Terminal, server: ServerProcess) -> None:
    assert f"localhost:{server.port}" in alice.run("instance", server.base_url)
    assert "alice" in alice.run("search", "alice")
    alice.run("tags", "follow", "tea")
    assert "tea" in alice.run("tags", "followed")
    alice.run("timelines", "public")
    alice.run("timelines", "tag", "tea")
    alice.run("timelines", "account", "alice")


def test_a_post_says_who_may_see_it_and_in_which_language_it_is(alice: Terminal, bob: Terminal) -> None:
    status = _posted(alice, "leise", "--visibility", "unlisted", "--language", "de", "--spoiler-text", "hush")
    assert (status["visibility"], status["language"], status["spoiler_text"]) == ("unlisted", "de", "hush")
    hidden = _posted(alice, "for followers", "--visibility", "private")
    assert hidden["visibility"] == "private"
    assert "leise" in bob.run("status", status["id"])
    assert json.loads(bob.run("status", "--json", status["id"]))["id"] == status["id"]


def test_a_post_is_planned(alice: Terminal) -> None:
    shown = alice.run("post", "later", "--scheduled-in", "1 hour")
    assert "scheduled" in shown.lower(), shown


def test_a_poll_is_asked_shown_and_voted_on(alice: Terminal, bob: Terminal) -> None:
    options = ("--poll-option", "green", "--poll-option", "black", "--poll-expires-in", "1h")
    status = _posted(alice, "which tea?", *options)
    poll = status["poll"]["id"]
    assert "green" in bob.run("polls", "show", poll)
    bob.run("polls", "vote", poll, "1", fails=False)
    assert "1 vote" in bob.run("status", status["id"])


def test_a_thread_is_continued(alice: Terminal) -> None:
    first = _posted(alice, "one")
    second = _posted(alice, "two", "--reply-last")
    assert second["in_reply_to_id"] == first["id"]
    shown = alice.run("thread", first["id"])
    assert shown.index("one") < shown.index("two")


def test_a_file_is_uploaded_by_itself(alice: Terminal, tmp_path: Path) -> None:
    picture = tmp_path / "cup.png"
    Image.new("RGB", (32, 32), "red").save(picture)
    assert json.loads(alice.run("upload", str(picture), "--description", "red", "--json"))["description"] == "red"


def test_hashtags_are_shown_featured_and_unfollowed(alice: Terminal) -> None:
    _posted(alice, "a cup of #oolong")
    assert "oolong" in alice.run("tags", "info", "oolong")
    alice.run("tags", "feature", "oolong")
    assert "oolong" in alice.run("tags", "featured")
    alice.run("tags", "unfeature", "oolong")
    alice.run("tags", "follow", "oolong")
    alice.run("tags", "unfollow", "oolong")
    assert "oolong" not in alice.run("tags", "followed")


def test_notifications_are_chosen_and_cleared(alice: Terminal, bob: Terminal) -> None:
    status = _posted(alice, "notice me")
    bob.run("favourite", status["id"])
    assert "favourited" in alice.run("notifications", "--type", "favourite")
    assert "favourited" not in alice.run("notifications", "--exclude-type", "favourite")
    assert json.loads(alice.run("notifications", "--json"))[0]["type"] == "favourite"
    alice.run("notifications", "--clear")
    assert json.loads(alice.run("notifications", "--json")) == []


def test_lists_and_their_timeline(alice: Terminal, bob: Terminal) -> None:
    bob.run("follow", "alice")
    bob.run("lists", "create", "Readers")
    bob.run("lists", "add", "Readers", "alice")
    status = _posted(alice, "for the readers")
    assert "Readers" in bob.run("lists", "list")
    assert "for the readers" in bob.run("timelines", "list", "Readers", "--no-pager")
    assert status["id"]
    bob.run("lists", "remove", "Readers", "alice")
    bob.run("lists", "delete", "Readers")
    assert "Readers" not in bob.run("lists", "list")


def test_who_follows_and_who_boosted(alice: Terminal, bob: Terminal) -> None:
    bob.run("follow", "alice")
    assert "bob" in alice.run("followers", "alice")
    assert "alice" in bob.run("following", "bob")
    status = _posted(alice, "boost me")
    bob.run("reblog", status["id"])
    assert "bob" in alice.run("reblogged-by", status["id"])
    assert "alice" in bob.run("whois", "alice")
    bob.run("unfollow", "alice")


def test_follow_requests_are_answered(alice: Terminal, bob: Terminal) -> None:
    alice.run("update-account", "--locked")
    bob.run("follow", "alice")
    assert "bob" in alice.run("follow-requests", "list")
    alice.run("follow-requests", "accept", "bob")
    assert "bob" in alice.run("followers", "alice")
    alice.run("update-account", "--no-locked")


def test_the_profile_is_changed(alice: Terminal) -> None:
    alice.run("update-account", "--display-name", "Alice of the tea", "--note", "drinks tea", "--bot")
    shown = alice.run("whoami")
    assert "Alice of the tea" in shown
    assert "drinks tea" in shown
    alice.run("update-account", "--no-bot")


def test_what_is_talked_about_and_what_was_liked(alice: Terminal, bob: Terminal) -> None:
    status = _posted(alice, "likeable")
    bob.run("favourite", status["id"])
    assert "likeable" in bob.run("timelines", "favourites")
    bob.run("timelines", "trending")


def test_the_diagnosis_reads_the_server(alice: Terminal) -> None:
    assert "4.6.0" in alice.run("diag", "--server")
