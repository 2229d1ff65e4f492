"""What helps those who write: suggestions, the language, and a machine's draft that stays a machine's."""

import json
import re
import shutil
import subprocess
from typing import Any

import msgspec
import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.resources import folder
from fedinote.media import emojis
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.text import compose
from fedinote.translation.engine import Location
from tests.media.pictures import encoded, picture
from tests.support.people import person
from tests.translation.recorders import engines
from tests.web.compose.conftest import Part, Writer

SAMPLES = (
    "", "tea", "tea\r\nand\rmore\n", "a\u0301e\u0301", "👩‍👩‍👧‍👦 family", "🇨🇳🇺🇸 🇨", "e" + "\u0301" * 60,
    "茶 #茶 @bob@far.example。",
    "see https://example.com/a/very/long/path?with=query#and-more.", "(https://example.com/a_(b))", "http://localhost:80/x",
    "一https://例え.jp/道。二", "@bob @bob@far.example:8080 x@y.example", "#a#b &#39; :cat:",
    "नमस्ते क्षत्रिय", "สวัสดี ค่ะ กำ",
    "👍🏽 ☺️ 1️⃣", "한국어 각", "x" * 30 + "\x00\x07", "https://", "https://a", "https://a.b,", "ﷺ ①②",
    "\U0001f468\u200d\u2764\ufe0f\u200d\U0001f468",
    "前@bob後@alice@far.example", "a@b", "/@bob", "@bob.smith-x@far.example...", "https://example.com/」次",
    "mailto:x@example.com",
)  # fmt: skip


def _count(texts: list[str]) -> list[int]:
    """Count with the script of the page."""
    script = folder("static") / "js" / "compose-count.js"
    program = f"import {{ length }} from {json.dumps(script.as_uri())};"
    program += "let all = ''; process.stdin.on('data', (part) => { all += part; });"
    program += "process.stdin.on('end', () => console.log(JSON.stringify(JSON.parse(all).map(length))));"
    done = subprocess.run(
        ["node", "--input-type=module", "--no-warnings", "-e", program],
        input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found: list[int] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(shutil.which("node") is None, reason="there is nothing here that runs a script")
def test_the_page_counts_characters_as_the_server_does() -> None:
    assert _count(list(SAMPLES)) == [compose.length(text) for text in SAMPLES]


async def test_people_tags_and_emoji_are_suggested_by_how_they_begin(app: App, alice: User, hers: Writer) -> None:
    await person(app, "albert")
    await publishing.publish(app, alice.account_id, Draft("#teatime #茶"))
    await emojis.add(app, "teacup", encoded(picture(), "PNG"))
    assert [one["insert"] for one in (await hers.get("/compose/suggest?q=%40alb")).json] == ["@albert"]
    assert [one["insert"] for one in (await hers.get("/compose/suggest?q=%23tea")).json] == ["#teatime"]
    assert [one["insert"] for one in (await hers.get("/compose/suggest?q=%23%E8%8C%B6")).json] == ["#茶"]
    assert [one["insert"] for one in (await hers.get("/compose/suggest?q=%3Acup")).json] == [":teacup:"]
    for nothing in ("", "%40", "tea", "%3Azz", "%23" + "x" * 5000, "%40zz%00", "%40%25"):
        assert (await hers.get(f"/compose/suggest?q={nothing}")).json == []


async def test_nobody_is_suggested_to_strangers(stranger: Any) -> None:
    answer = await stranger.get("/compose/suggest?q=%40al")
    assert answer.status == 303


async def test_the_language_is_recognised(hers: Writer) -> None:
    answer = await hers.form("/compose/language", ("text", "今日は庭でお茶を飲みました。"), part=True)
    assert answer.json == {"tag": "ja", "name": "日本語"}
    assert (await hers.form("/compose/language", ("text", "?"), part=True)).json == {"tag": "", "name": ""}


def _fields(text: str) -> dict[str, str]:
    """The values of the fields of the second language as a page has them."""
    hidden = dict(re.findall(r'<input type="hidden" name="(machine\w*)" value="([^"]*)"', text))
    (said,) = re.findall(r'<textarea id="other_text".*?>\n(.*?)</textarea>', text, re.S)
    return {**hidden, "other_text": said}


WRITTEN: tuple[Part, ...] = (("text", "Tea at five"), ("visibility", "public"), ("language", "en"), ("other", "es"))


async def test_a_machines_draft_that_nobody_touched_is_published_as_a_machines(
    app: App, alice: User, hers: Writer
) -> None:
    engines(app, Location.LOCAL)
    page = await hers.form("/publish", *WRITTEN, ("do", "draft"))
    made = _fields(page.text)
    assert made["other_text"] == "es Tea at five"
    assert "Recorder, local" in page.text
    answer = await hers.form("/publish", *WRITTEN, *made.items(), ("do", "publish"))
    assert answer.status == 303
    kept = msgspec.json.decode(await app.db.value("SELECT translations AS value FROM posts"))["es"]
    assert (kept["machine"], kept["reviewed"], kept["engine"]) == (True, False, "Recorder, local")


@pytest.mark.parametrize("change", [{"other_text": "Té a las cinco"}, {"read": "1"}])
async def test_a_machines_draft_that_was_edited_or_read_is_one_that_somebody_looked_over(
    app: App, hers: Writer, change: dict[str, str]
) -> None:
    engines(app, Location.LOCAL)
    made = _fields((await hers.form("/publish", *WRITTEN, ("do", "draft"))).text)
    await hers.form("/publish", *WRITTEN, *{**made, **change}.items(), ("do", "publish"))
    kept = msgspec.json.decode(await app.db.value("SELECT translations AS value FROM posts"))["es"]
    assert (kept["machine"], kept["reviewed"]) == (True, True)


async def test_a_script_gets_the_draft_of_all_that_is_written(app: App, hers: Writer) -> None:
    engines(app, Location.LOCAL)
    one = await hers.uploaded()
    more = (("warning", "hot"), ("media", one), (f"alt_{one}", "a cup"), ("option", "yes"), ("option", "no"))
    made = (await hers.form("/compose/translate", *WRITTEN, *more, part=True)).json
    assert made["other_text"] == "es Tea at five"
    assert (made["other_warning"], made["other_option"]) == ("es hot", ["es yes", "es no"])
    assert made["alts"] == {one: "es a cup"}
    again = (await hers.form("/compose/translate", *WRITTEN, *more, part=True)).json
    assert again["machine_was"] == made["machine_was"]


@pytest.mark.parametrize(
    ("visibility", "wish", "allowed"),
    [("public", "any", True), ("private", "any", False), ("direct", "any", False), ("public", "no_third_party", False),
     ("local", "any", False)],
)  # fmt: skip
async def test_what_an_engine_may_not_have_is_not_drafted_by_it(
    app: App, hers: Writer, visibility: str, wish: str, allowed: bool
) -> None:
    engine = engines(app, Location.THIRD_PARTY)[Location.THIRD_PARTY]
    fields = (("text", "Tea"), ("visibility", visibility), ("language", "en"), ("other", "es"))
    answer = await hers.form("/compose/translate", *fields, ("machine_translation", wish), part=True)
    assert answer.status == (200 if allowed else 403)
    assert bool(engine.sent) is allowed


async def test_without_engines_or_words_there_is_no_draft(app: App, hers: Writer) -> None:
    assert (await hers.form("/compose/translate", *WRITTEN, part=True)).status in (404, 422)
    engines(app, Location.LOCAL)
    assert (await hers.form("/compose/translate", ("text", " "), ("other", "es"), part=True)).status == 422
    assert (await hers.form("/compose/translate", *WRITTEN[:3], ("other", "en"), part=True)).status == 422
    assert (await hers.form("/compose/translate", *WRITTEN[:3], ("other", "no tag"), part=True)).status == 422
