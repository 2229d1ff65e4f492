"""What pages offer to those who learn a language: notes on words, and readings on the page of a translation."""

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import attached
from fedinote.posts.languages import VersionDraft
from fedinote.translation import glossary_keeping as keeping
from fedinote.translation import suggestions
from fedinote.translation.engines.phrasebook import Phrasebook
from fedinote.translation.glossary import Entry
from fedinote.translation.routing import Router
from tests.support.browser import Browser
from tests.support.people import person
from tests.web.reading import signed_in, soup, write

pytest.importorskip("pypinyin")


async def test_words_of_the_glossary_are_explained_below_the_post_in_the_browsers_language(
    app: App, alice: User, stranger: Browser
) -> None:
    post_id = await write(app, alice, "这个 yyds", language="zh")
    assert soup(await stranger.get(f"/@alice/{post_id}")).select("dl.glossed") == []
    entry = Entry("yyds", "zh", meanings={"en": "the <b>best</b>", "de": "das Beste"})
    await keeping.put(app, entry)
    page = soup(await stranger.get(f"/@alice/{post_id}", accept_language="de, en;q=0.5"))
    assert [(one.get_text(), one["lang"]) for one in page.select("dl.glossed dt, dl.glossed dd")] == [
        ("yyds", "zh"),
        ("das Beste", "de"),
    ]
    english = await stranger.get(f"/@alice/{post_id}", accept_language="en")
    assert "the &lt;b&gt;best&lt;/b&gt;" in english.text
    chinese = soup(await stranger.get(f"/@alice/{post_id}", accept_language="zh"))
    assert chinese.select("dl.glossed") == []


async def test_the_page_of_a_translation_offers_readings_and_shows_them(app: App, alice: User) -> None:
    app.translator = Router((Phrasebook(),))
    post_id = await write(app, alice, "你好，朋友", language="zh-Hans")
    browser = await signed_in(app, await person(app, "bob"))
    page = soup(await browser.get(f"/@alice/{post_id}/translation?to=en"))
    links = [str(link["href"]) for link in page.select(".choices a")]
    (wanted,) = [link for link in links if "readings=pinyin" in link]
    read = soup(await browser.get(wanted))
    assert [one.string for one in read.select("ruby rt")] == ["nǐ", "hǎo", "péng", "yǒu"]
    assert not any("readings=pinyin" in str(link["href"]) for link in read.select(".choices a"))
    assert (await browser.get(f"/@alice/{post_id}/translation?to=en&readings=runes")).status == 422


async def test_a_post_without_such_words_offers_no_readings(app: App, alice: User) -> None:
    app.translator = None
    post_id = await write(app, alice, "Tea", language="en")
    browser = await signed_in(app, alice)
    assert "readings=" not in (await browser.get(f"/@alice/{post_id}/translation")).text


async def test_the_page_of_a_post_names_those_who_translated_it(app: App, alice: User, stranger: Browser) -> None:
    bob = await person(app, "bob")
    post_id = await write(app, alice, "Tea", language="en")
    made = await suggestions.suggest(app, bob.account_id, post_id, "de", VersionDraft(text="Tee"))
    await suggestions.decide(app, alice.account_id, made.id, accepted=True)
    await attached.attach(app, post_id, "fr", VersionDraft(text="Thé"), author_id=alice.account_id)
    page = soup(await stranger.get(f"/@alice/{post_id}"))
    assert [" ".join(one.get_text().split()) for one in page.select(".text:not(.own) .made")] == [
        "Translated by @bob",
        "The author wrote this version",
    ]
    assert [one["lang"] for one in page.select(".text .words")] == ["en", "de", "fr"]
