"""What a rule did to somebody's post is told in their language, in this server's own words; the English binds."""

import re

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation import many, publicity
from fedinote.moderation.automatic import held, rules, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Statement
from fedinote.notifications import warnings
from fedinote.posts import holding, publishing, revising
from fedinote.posts.drafts import Draft
from fedinote.timelines.window import Window
from fedinote.translation import translations
from fedinote.translation.ledger import Purpose
from fedinote.web.desk import sending, whys
from fedinote.web.words import words
from fedinote.worker import settle
from tests.support.people import client
from tests.translation.fluent import SAID, fluent
from tests.web.desk.conftest import Entering, speaker
from tests.web.reading import soup

WEATHER = {"words": ["weather"], "translations": True}


async def caught(app: App, author: User, action: str = "hold") -> tuple[int, Statement]:
    """Let a rule judge a public post once more, by its translation; return the post and its statement."""
    fluent(app)
    made = await rules.create(app, Wanted("words", WEATHER, action, "No weather"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    post_id = await publishing.publish(app, author.account_id, Draft(SAID, language="zh"))
    await translations.finish(app, post_id, "en", purpose=Purpose.MODERATION)
    await settle(app)
    (about,) = await statements.about(app, author.account_id)
    return post_id, about


async def test_a_hold_is_told_in_the_members_language_and_the_original_binds(app: App, entering: Entering) -> None:
    author = await speaker(app, "author", "es")
    _, about = await caught(app, author)
    assert (about.action, about.language, about.automated) == ("hold_statuses", "en", True)
    lines = about.text.split("\n")
    assert lines[0] == "No weather: the word “weather” in its translation into en by Recorder, local"
    assert lines[1] == "Nobody sees the post until a moderator of this server has looked at it."
    assert lines[2].startswith("No person decided this")
    assert lines[2].endswith("/settings/decisions")
    assert (about.translated_to, about.translated_by) == ("es", "")
    assert "No weather: la palabra «weather»" in about.translated
    assert "hasta que un moderador" in about.translated
    assert "Puedes recurrir en un plazo de 180 días" in about.translated
    page = soup(await (await entering(author)).get(f"/settings/decisions/{about.id}")).get_text(" ")
    for there in (
        "Publicaciones retenidas para revisión",
        "la palabra",
        "Nobody sees the post",
        "El original, que es el que vale",
    ):
        assert there in page, there
    told = (await warnings.by_id(app, [about.id]))[about.id]
    assert warnings.told(told).endswith(about.text)
    assert warnings.told(told).startswith("No weather: la palabra")


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant", "ja", "es"])
async def test_every_language_of_the_pages_has_words_for_what_rules_do(app: App, locale: str) -> None:
    _, about = await caught(app, await speaker(app, "author", locale))
    assert about.translated == whys.statement(words(locale), about.text)
    assert "Nobody" not in about.translated
    assert "No person" not in about.translated


async def test_who_reads_english_gets_the_original_alone(app: App) -> None:
    _, about = await caught(app, await speaker(app, "author", "en"))
    assert (about.translated, about.translated_to) == ("", None)


async def test_other_languages_are_left_to_an_engine_of_this_machine(app: App) -> None:
    _, about = await caught(app, await speaker(app, "author", "fr"))
    assert about.text
    assert about.translated == ""
    assert sending.own(about, "fr") is None


async def test_words_that_a_person_wrote_are_not_taken_for_those_of_a_rule(app: App) -> None:
    assert whys.statement(words("es"), "You know why.\nNobody sees the post.") == ""


async def test_a_hold_has_its_own_name_in_public_and_never_that_of_a_warning(app: App) -> None:
    author = await speaker(app, "author", "en")
    await caught(app, author)
    (one,) = (await publicity.account(app)).decisions or ()
    assert one.action == "hold_statuses"
    for tag, name in (("en", "Posts held for review"), ("zh-TW", "貼文等待審核"), ("ja", "投稿を確認のため保留")):
        page = await client(app).get("/about/moderation", accept_language=tag)
        assert name in page.text


async def test_a_post_taken_out_of_public_timelines_has_a_name_too(app: App) -> None:
    _, about = await caught(app, await speaker(app, "author", "ja"), "limit")
    assert about.action == "unlist_statuses"
    assert "公開タイムラインに表示されなくなりました" in about.translated


async def test_the_statement_ends_with_the_hold(app: App) -> None:
    author = await speaker(app, "author", "en")
    _, about = await caught(app, author)
    (row,) = await holding.waiting(app, Window(10).sql)
    await held.release(app, row["id"], by=None)
    assert (await statements.get(app, about.id)).lifted_why == "undone"


async def test_an_undone_rule_ends_the_statement_of_its_hold(app: App) -> None:
    author = await speaker(app, "author", "en")
    _, about = await caught(app, author)
    await undoing.undo(app, about.rule_id or 0, by=None)
    assert (await statements.get(app, about.id)).lifted_why == "undone"


async def test_a_held_post_that_a_person_drops_is_their_decision(app: App) -> None:
    author = await speaker(app, "author", "es")
    await caught(app, author)
    (row,) = await holding.waiting(app, Window(10).sql)
    await held.drop(app, row["id"], by=None)
    gone = (await statements.about(app, author.account_id))[0]
    assert (gone.action, gone.automated, gone.language) == ("delete_statuses", False, "en")
    assert "la palabra" in gone.translated
    assert "No lo decidió una persona" not in gone.translated


async def test_a_held_post_that_nobody_looked_at_ends_by_itself(app: App) -> None:
    author = await speaker(app, "author", "es")
    await caught(app, author)
    await app.db.execute("UPDATE held_posts SET created_at = ?", app.now() - holding.KEEP - holding.KEEP)
    await held.tidy(app)
    gone = (await statements.about(app, author.account_id))[0]
    assert (gone.action, gone.automated) == ("delete_statuses", True)
    assert "Ningún moderador miró" in gone.translated


async def written(app: App, author: User) -> int:
    """Let a rule hold what a member writes before anybody sees it; return its number."""
    made = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No gambling"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    with pytest.raises(Forbidden):
        await publishing.publish(app, author.account_id, Draft("casino", language="en"))
    (row,) = await holding.waiting(app, Window(10).sql)
    return int(row["id"])


async def test_who_wrote_what_was_dropped_is_told_and_an_undone_drop_ends_that(app: App) -> None:
    author = await speaker(app, "author", "ja")
    done = await many.decide_held(app, [await written(app, author)], "drop", by=None)
    (about,) = await statements.about(app, author.account_id)
    assert (about.action, about.automated, about.post_ids) == ("delete_statuses", False, ())
    assert re.search(r"written at \d{4}-\d\d-\d\d \d\d:\d\d UTC was not published", about.text)
    assert "UTCに書かれた投稿は公開されませんでした" in about.translated
    assert (await many.undo(app, done.batch, by=None)).done == 1
    assert (await statements.get(app, about.id)).lifted_why == "undone"


async def test_who_wrote_what_nobody_looked_at_is_told(app: App) -> None:
    author = await speaker(app, "author", "es")
    await written(app, author)
    await app.db.execute("UPDATE held_posts SET created_at = ?", app.now() - holding.KEEP - holding.KEEP)
    await holding.tidy(app)
    await held.tidy(app)
    assert await holding.waiting(app, Window(10).sql) == []
    (about,) = await statements.about(app, author.account_id)
    assert about.automated
    assert "no se publicó" in about.translated
    assert "Ningún moderador miró" in about.translated


async def test_a_new_version_that_was_dropped_is_told_and_the_post_stays(app: App) -> None:
    author = await speaker(app, "author", "zh-Hant")
    post_id = await publishing.publish(app, author.account_id, Draft("tea", language="en"))
    made = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No gambling"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    with pytest.raises(Forbidden):
        await revising.edit(app, author.account_id, post_id, Draft("casino", language="en"))
    (row,) = await holding.waiting(app, Window(10).sql)
    await held.drop(app, row["id"], by=None)
    (about,) = await statements.about(app, author.account_id)
    assert (about.action, about.post_ids) == ("none", (post_id,))
    assert "貼文" in about.translated


async def test_a_suspension_by_a_rule_names_the_rule(app: App) -> None:
    author = await speaker(app, "author", "zh-Hans")
    _, about = await caught(app, author, "suspend")
    assert about.action == "suspend"
    assert about.text.startswith("No weather: the word “weather”")
    assert "管理员的规则" in about.translated
