"""Translating posts on pages: one's own, others' as a suggestion, and deciding about what others suggest."""

from urllib.parse import quote

import msgspec
import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import attached
from fedinote.posts.languages import VersionDraft
from fedinote.relations import blocks
from fedinote.translation.engine import Location
from tests.support.browser import Answer, Browser
from tests.support.people import client, person
from tests.translation.recorders import engines
from tests.web.reading import signed_in, soup, write

PATH = "/settings/writing"


@pytest.fixture
async def post_id(app: App, alice: User) -> int:
    return await write(app, alice, "Tea at five", language="en")


@pytest.fixture
async def bob(app: App) -> User:
    return await person(app, "bob")


async def sent(browser: Browser, path: str, do: str, **values: str) -> Answer:
    """Fill the form of the page and press the button."""
    shown = await browser.get(path)
    assert shown.status == 200, shown.text
    (form,) = shown.forms
    return await browser.post(form.action, {**form.hidden, **values, "do": do})


async def decided(browser: Browser, do: str, **values: str) -> Answer:
    shown = await browser.get(PATH)
    wanted = [one for one in shown.forms if ("id" in one.hidden) == (do in ("accept", "reject", "withdraw"))]
    return await browser.post(PATH, {**wanted[0].hidden, **values, "do": do})


async def languages(app: App, post_id: int) -> dict[str, list[str]]:
    text = await app.db.value("SELECT translations AS value FROM posts WHERE id = ?", post_id)
    made = msgspec.json.decode(text) if text else {}
    return {tag: [one["acct"] for one in said.get("people", ())] for tag, said in made.items()}


async def test_a_reader_suggests_and_the_author_accepts(app: App, alice: User, bob: User, post_id: int) -> None:
    reader, author = await signed_in(app, bob), await signed_in(app, alice)
    page = f"/@alice/{post_id}/suggest"
    answer = await sent(reader, page, "send", language="de", text="Tee <b>um fünf")
    assert (answer.status, answer.location) == (303, f"{page}?sent")
    assert "Thank you" in (await reader.get(answer.location)).text
    assert await languages(app, post_id) == {}
    waiting = await author.get(PATH)
    assert "Tee &lt;b&gt;um fünf" in waiting.text
    assert "@bob@" in waiting.text
    assert (await decided(author, "accept")).status == 303
    assert await languages(app, post_id) == {"de": ["bob"]}
    assert "accepted" in soup(await reader.get(PATH)).get_text().lower()


async def test_a_suggestion_is_rejected_or_taken_back(app: App, alice: User, bob: User, post_id: int) -> None:
    reader, author = await signed_in(app, bob), await signed_in(app, alice)
    await sent(reader, f"/@alice/{post_id}/suggest", "send", language="de", text="Tee")
    await decided(author, "reject")
    await sent(reader, f"/@alice/{post_id}/suggest", "send", language="fr", text="Thé")
    await decided(reader, "withdraw")
    assert await languages(app, post_id) == {}
    assert "Nothing waits" in (await author.get(PATH)).text


async def test_an_author_has_a_draft_made_changes_it_and_adds_it(app: App, alice: User, post_id: int) -> None:
    engines(app, Location.LOCAL)
    author = await signed_in(app, alice)
    drafted = await sent(author, f"/@alice/{post_id}/suggest", "draft", language="es")
    assert drafted.status == 200
    assert "es Tea at five" in drafted.text
    assert await languages(app, post_id) == {}
    (form,) = drafted.forms
    assert form.hidden["machine"] == "Recorder, local"
    added = await author.post(form.action, {**form.hidden, "language": "es", "text": "Té a las cinco", "do": "send"})
    assert (added.status, added.location) == (303, f"/@alice/{post_id}")
    text = await app.db.value("SELECT translations AS value FROM posts WHERE id = ?", post_id)
    made = msgspec.json.decode(text)["es"]
    assert (made["machine"], made["reviewed"], made["source"]) == (True, True, "Té a las cinco")


async def test_what_is_wrong_is_said_and_what_was_typed_stays(app: App, bob: User, post_id: int) -> None:
    reader = await signed_in(app, bob)
    wrong = await sent(reader, f"/@alice/{post_id}/suggest", "send", language="en", text="Tea, again")
    assert wrong.status == 422
    assert "language of the post itself" in wrong.text
    assert "Tea, again" in wrong.text
    nobodys = await sent(reader, f"/@alice/{post_id}/suggest", "draft", language="es")
    assert nobodys.status == 404, "drafts are for authors"


async def test_strangers_sign_in_and_people_who_are_blocked_find_nothing(
    app: App, alice: User, bob: User, post_id: int
) -> None:
    for path in (PATH, f"/@alice/{post_id}/suggest"):
        answer = await client(app).get(path)
        assert (answer.status, answer.location) == (303, f"/auth/sign_in?next={quote(path, safe='')}")
    await blocks.block(app, alice.account_id, bob.account_id)
    assert (await (await signed_in(app, bob)).get(f"/@alice/{post_id}/suggest")).status == 404


async def test_nobody_decides_about_what_is_suggested_to_others_nor_without_the_form(
    app: App, alice: User, bob: User, post_id: int
) -> None:
    reader, author = await signed_in(app, bob), await signed_in(app, alice)
    await sent(reader, f"/@alice/{post_id}/suggest", "send", language="de", text="Tee")
    made = await app.db.value("SELECT id AS value FROM translation_suggestions")
    assert (await decided(reader, "accept", id=str(made))).status == 404
    assert (await author.post(PATH, {"do": "accept", "id": str(made)})).status == 403
    assert await languages(app, post_id) == {}


async def test_the_line_between_languages_is_switched_off_and_on(app: App, alice: User) -> None:
    author = await signed_in(app, alice)

    async def on() -> bool:
        return bool(await app.db.value("SELECT language_divider AS value FROM users WHERE id = ?", alice.id))

    await decided(author, "divider")
    assert not await on()
    await decided(author, "divider", divider="1")
    assert await on()


async def test_thirty_suggestions_in_an_hour_are_enough(app: App, bob: User, post_id: int) -> None:
    reader = await signed_in(app, bob)
    page = f"/@alice/{post_id}/suggest"
    (form,) = (await reader.get(page)).forms
    answers = [
        (await reader.post(page, {**form.hidden, "do": "send", "language": "de", "text": f"Tee {n}"})).status
        for n in range(31)
    ]
    assert (set(answers[:30]), answers[30]) == ({303}, 429)


async def test_nobody_is_offered_to_translate_into_the_language_of_the_post(
    app: App, alice: User, bob: User, post_id: int
) -> None:
    reader = await signed_in(app, bob)
    page = soup(await reader.get(f"/@alice/{post_id}/suggest"))
    tags = [one["value"] for one in page.select("#language option")]
    assert tags[0] == ""
    assert "en" not in tags
    assert [one["value"] for one in page.select("#language option[selected]")] == [""]
    chosen = soup(await reader.get(f"/@alice/{post_id}/suggest?to=de"))
    assert [one["value"] for one in chosen.select("#language option[selected]")] == ["de"]


async def test_the_language_that_was_asked_for_outlives_the_signing_in(app: App, alice: User, post_id: int) -> None:
    answer = await client(app).get(f"/@alice/{post_id}/suggest?to=zh-Hant")
    assert answer.location == f"/auth/sign_in?next={quote(f'/@alice/{post_id}/suggest?to=zh-Hant', safe='')}"


async def test_a_version_by_the_author_is_not_called_a_translation_by_the_author(
    app: App, alice: User, post_id: int
) -> None:
    await attached.attach(app, post_id, "zh-Hans", VersionDraft(text="五点喝茶"), author_id=alice.account_id)
    page = soup(await (await signed_in(app, alice)).get(f"/@alice/{post_id}/translation?to=zh-Hans")).get_text()
    assert "The author wrote this version" in page
    assert "Translated by" not in page
