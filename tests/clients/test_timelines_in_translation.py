"""The story of a reader's own language, with unmodified clients: Mastodon.py and toot, and a real LibreTranslate.

Ai writes Chinese on one server. Ben reads English on another, where a LibreTranslate with small packages of Chinese,
English, Spanish and Japanese translates: in each mode, live over the stream. Ai reads his English answer in Chinese.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_settings
from tests.support.databases import Databases
from tests.support.instances import Person, World, serving
from tests.support.libretranslate import InstallError, RunningLibreTranslate, ensure
from tests.support.words import english, simplified

mastodon: Any = pytest.importorskip("mastodon")
pytest.importorskip("toot")
PREFERENCES = "/api/fedinote/v1/translation/preferences"
SECONDS = 60


@pytest.fixture(scope="module")
def libretranslate() -> Iterator[RunningLibreTranslate]:
    """Where it cannot be installed the test is skipped, unless FEDINOTE_REQUIRE names it."""
    try:
        server = ensure()
    except InstallError as error:
        if "libretranslate" in os.environ.get("FEDINOTE_REQUIRE", "").split(","):
            raise
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture
async def world(tmp_path: Path, databases: Databases, libretranslate: RunningLibreTranslate) -> AsyncIterator[World]:
    found = World()
    engine = {
        "FEDINOTE_TRANSLATION_ENGINE": "libretranslate",
        "FEDINOTE_TRANSLATION_URL": libretranslate.url,
        "FEDINOTE_TRANSLATION_LOCATION": "local",
    }
    async with (
        serving(make_settings, tmp_path / "one", await databases.new(), **engine) as one,
        serving(make_settings, tmp_path / "two", await databases.new(), **engine) as two,
    ):
        found.instances = [one, two]
        yield found


class Listener(mastodon.StreamListener):  # type: ignore[misc]
    """Keeps what Mastodon.py makes of the stream."""

    def __init__(self) -> None:
        self.new: list[Any] = []
        self.changed: list[Any] = []
        self.told = threading.Event()

    def on_update(self, status: Any) -> None:
        self.new.append(status)

    def on_status_update(self, status: Any) -> None:
        self.changed.append(status)
        self.told.set()


def library(person: Person) -> Any:
    return mastodon.Mastodon(
        access_token=person.token, api_base_url=f"http://{person.instance.host}", ratelimit_method="throw"
    )


class Terminal:
    """toot, logged in as a person."""

    def __init__(self, home: Path, person: Person) -> None:
        self.home = home
        host, name = person.instance.host, f"{person.name}@{person.instance.host}"
        app = {"instance": host, "base_url": f"http://{host}", "client_id": "-", "client_secret": "-"}
        user = {"instance": host, "username": person.name, "access_token": person.token}
        folder = home / ".config" / "toot"
        folder.mkdir(parents=True)
        config = {"apps": {host: app}, "users": {name: user}, "active_user": name}
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")

    async def run(self, *arguments: str) -> str:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "toot", *arguments],
            capture_output=True, text=True, timeout=180, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
        )  # fmt: skip
        assert done.returncode == 0, f"toot {arguments}: {done.stdout}\n{done.stderr}"
        return unescape(done.stdout)


async def friends(world: World) -> tuple[Person, Person]:
    """Ai on the first server and Ben on the second, who follow each other."""
    one, two = world.instances
    ai, ben = await one.person("ai"), await two.person("ben")
    await ben.follow(ai)
    await ai.follow(ben)
    await world.settle()
    return ai, ben


async def choose(person: Person, mode: str, target: str) -> None:
    await person.call("PUT", PREFERENCES, json={"mode": mode, "target": target})


def words(*chinese: str) -> tuple[str, str]:
    """A Chinese sentence and what LibreTranslate makes of it."""
    return "".join(chinese), english(*chinese)


SENTENCES = {
    "button": words("今天", "天气", "很", "好"),
    "append": words("我们", "喜欢", "茶", "和", "咖啡"),
    "replace": words("明天", "在", "北京", "吃", "饺子"),
}


@pytest.mark.parametrize("mode", list(SENTENCES))
async def test_a_chinese_post_is_read_in_english_in_every_mode(world: World, tmp_path: Path, mode: str) -> None:
    ai, ben = await friends(world)
    await choose(ben, mode, "en")
    said, meant = SENTENCES[mode]
    reader, terminal = library(ben), Terminal(tmp_path / "ben", ben)
    listener = Listener()
    stream = await asyncio.to_thread(reader.stream_user, listener, run_async=True, timeout=SECONDS)
    try:
        await _until(lambda: world.instances[1].app.bus.listened(f"user:{ben.account_id}"))
        posted = await ai.post(said, language="zh")
        await world.settle()
        if mode != "button":
            assert await asyncio.to_thread(listener.told.wait, SECONDS)
        else:
            await _until(lambda: bool(listener.new))
    finally:
        await close(stream, ben)
    assert said in listener.new[0].content, "the post itself comes at once, as it was written"
    (shown,) = [one for one in await asyncio.to_thread(reader.timeline_home) if one.uri == posted["uri"]]
    seen = await terminal.run("timelines", "home", "--no-pager")
    _as_chosen(mode, shown, seen, SENTENCES[mode])
    if mode == "button":
        assert listener.changed == []
        made = await asyncio.to_thread(reader.status_translate, shown, "en")
        assert meant in made.content
    else:
        assert [one.content for one in listener.changed] == [shown.content]
        assert (await ai.call("GET", f"/api/v1/statuses/{posted['id']}"))["content"] == posted["content"]
    if mode == "replace":
        back = await asyncio.to_thread(reader.status_translate, shown, "en")
        assert back.content == f"<p>{said}</p>"


async def close(stream: Any, reader: Person) -> None:
    """End a stream. Its own thread sits on the connection until something comes: so something comes."""
    ending = asyncio.create_task(asyncio.to_thread(stream.close))
    while not ending.done():
        await reader.post("Good night", language="en")
        await asyncio.wait([ending], timeout=0.3)


def _as_chosen(mode: str, shown: Any, seen: str, sentence: tuple[str, str]) -> None:
    """Check what Mastodon.py got and what toot printed."""
    said, meant = sentence
    assert (said in shown.content, meant in shown.content) == {
        "button": (True, False), "append": (True, True), "replace": (False, True),
    }[mode]  # fmt: skip
    assert shown.language == ("zh" if mode == "button" else "en")
    line = "Translated from 简体中文 by LibreTranslate"
    joined = seen.replace("\n", " ")
    for present, text in ((mode != "replace", said), (mode != "button", meant), (mode != "button", line)):
        assert (text in " ".join(joined.split())) == present, (text, seen)
    if mode != "button":
        assert shown.translation.original.content == f"<p>{said}</p>"
        assert shown.translation.provider == "LibreTranslate"


async def test_the_answer_in_english_is_read_in_chinese_by_the_author(world: World, tmp_path: Path) -> None:
    ai, ben = await friends(world)
    await choose(ai, "replace", "zh-CN")
    await choose(ben, "append", "en")
    posted = await ai.post("".join(("我", "喜欢", "猫")), language="zh")
    await world.settle()
    reader, writer = library(ben), library(ai)
    (shown,) = [one for one in await asyncio.to_thread(reader.timeline_home) if one.uri == posted["uri"]]
    assert english("我", "喜欢", "猫") in shown.content
    answer = await asyncio.to_thread(reader.status_reply, shown, "I like dogs and tea", language="en")
    assert "I like dogs and tea" in answer.content, "one's own words are as one wrote them"
    await world.settle()
    (notice,) = await asyncio.to_thread(writer.notifications, types=["mention"])
    expected = simplified("I", "like", "dogs", "and", "tea")
    assert expected in notice.status.content
    assert "由 LibreTranslate 从English翻译" in unescape(notice.status.content).replace("</span>", "").replace(
        '<span translate="no">', ""
    )
    thread = await asyncio.to_thread(writer.status_context, posted["id"])
    assert expected in thread.descendants[0].content
    printed = await Terminal(tmp_path / "ai", ai).run("thread", posted["id"])
    assert expected in printed
    assert "我喜欢猫" in printed, "the author's own post"
    edited = await asyncio.to_thread(reader.status_update, answer, "I like tea")
    assert "<p>" in edited.content
    source = await asyncio.to_thread(reader.status_source, answer)
    assert source.text == "I like tea"


async def test_four_languages_are_offered_to_every_client(world: World) -> None:
    ben = await world.instances[1].person("ben")
    table = await asyncio.to_thread(library(ben).instance_translation_languages)
    for tag in ("zh", "zh-CN", "zh-TW", "ja", "es"):
        assert "en" in table[tag]
    assert {"zh", "zh-CN", "ja", "es"} <= set(table["en"])


async def test_a_spanish_and_a_japanese_post_are_read_in_english(world: World) -> None:
    ai, ben = await friends(world)
    await choose(ben, "replace", "en")
    for text, language in (("Yo quiero té", "es"), ("ねこです", "ja")):
        await ai.post(text, language=language)
    await world.settle()
    shown = [one.content for one in await asyncio.to_thread(library(ben).timeline_home)]
    assert shown[1].startswith("<p>I like tea</p>")
    assert shown[0].startswith("<p>cats is</p>")


async def _until(condition: Any) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110  of anything
            await asyncio.sleep(0.02)
