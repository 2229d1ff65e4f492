"""Mastodon.py, the library behind most bots: posting, paging, filters, streaming."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.clients.mastodon_py import close
from tests.support.process import ServerProcess

mastodon: Any = pytest.importorskip("mastodon")
Client = Any


@pytest.fixture(scope="module")
def alice(server: ServerProcess) -> Client:
    return mastodon.Mastodon(access_token=server.token("alice"), api_base_url=server.base_url, ratelimit_method="throw")


@pytest.fixture(scope="module")
def bob(server: ServerProcess) -> Client:
    return mastodon.Mastodon(access_token=server.token("bob"), api_base_url=server.base_url, ratelimit_method="throw")


def test_it_knows_the_server(alice: Client) -> None:
    assert alice.me().username == "alice"
    assert alice.instance_v1().uri
    assert alice.instance().title
    assert alice.retrieve_mastodon_version()
    assert alice.instance_nodeinfo().software.name == "fedinote"


def test_posting_with_everything(alice: Client, tmp_path: Path) -> None:
    picture = tmp_path / "p.jpg"
    Image.new("RGB", (64, 64), "navy").save(picture)
    media = alice.media_post(str(picture), description="navy", focus=(0.5, -0.5))
    status = alice.status_post(
        "多语言 post #测试",
        media_ids=[media],
        spoiler_text="colours",
        sensitive=True,
        visibility="unlisted",
        language="zh",
    )
    assert status.language == "zh"
    assert status.media_attachments[0].meta.focus.x == 0.5
    assert status.tags[0].name == "测试"
    edited = alice.status_update(status, "changed", spoiler_text="colours")
    assert "changed" in edited.content
    assert len(alice.status_history(status)) == 2
    poll = alice.status_post("choose", poll=alice.make_poll(["tea", "coffee"], 600))
    assert [option.title for option in poll.poll.options] == ["tea", "coffee"]


def test_pages_come_one_after_another_without_gaps(alice: Client) -> None:
    made = [alice.status_post(f"page {number}").id for number in range(12)]
    first = alice.account_statuses(alice.me(), limit=5)
    everything = alice.fetch_remaining(first)
    ids = [status.id for status in everything]
    assert ids == sorted(ids, reverse=True)
    assert set(made) <= set(ids)
    back = alice.fetch_previous(alice.fetch_next(first))
    assert [status.id for status in back] == [status.id for status in first]


def test_filters_are_applied(alice: Client, bob: Client) -> None:
    bob.account_follow(alice.me())
    created = bob.create_filter_v2("no spinach", ["home"], "warn", keywords_attributes=[{"keyword": "spinach"}])
    alice.status_post("I like spinach")
    shown = bob.timeline_home(limit=1)[0]
    assert shown.filtered[0].filter.title == "no spinach"
    bob.delete_filter_v2(created)


@pytest.fixture
def stream(alice: Client) -> Iterator["Listener"]:
    listener = Listener()
    handle = alice.stream_user(listener, run_async=True, timeout=60)
    yield listener
    close(handle, lambda: alice.status_post("good night"))


class Listener(mastodon.StreamListener):  # type: ignore[misc]
    def __init__(self) -> None:
        self.notified = threading.Event()
        self.updated = threading.Event()
        self.kinds: list[str] = []

    def on_notification(self, notification: object) -> None:
        self.kinds.append(notification.type)  # type: ignore[attr-defined]
        self.notified.set()

    def on_update(self, status: object) -> None:
        self.updated.set()


def test_a_notification_is_streamed(alice: Client, bob: Client, stream: Listener) -> None:
    for _ in range(300):  # the stream opens in its own time: something is seen once it is open
        alice.status_post("are you there?")
        if stream.updated.wait(0.2):
            break
    assert stream.updated.is_set()
    bob.status_post("@alice hello by stream")
    assert stream.notified.wait(60)
    assert "mention" in stream.kinds
