"""Writing in the browser without a script: every step is a form."""

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import publishing, unfinished
from fedinote.posts.drafts import Draft, PollDraft
from tests.support.people import configure, person
from tests.web.compose.conftest import Writer, png, writer


async def _posts(app: App, user: User) -> list[Any]:
    return list(await app.db.rows("SELECT * FROM posts WHERE account_id = ? ORDER BY id", user.account_id))


async def test_a_visitor_is_sent_to_the_sign_in_and_back(stranger: Any) -> None:
    answer = await stranger.get("/publish?text=tea")
    assert (answer.status, answer.location) == (303, "/auth/sign_in?next=%2Fpublish%3Ftext%3Dtea")


async def test_a_post_is_published_by_a_plain_form(app: App, alice: User, hers: Writer) -> None:
    page = await hers.get("/publish")
    assert page.status == 200
    answer = await hers.form(
        "/publish", ("text", "Tea with <b> #茶"), ("warning", "tea"), ("visibility", "unlisted"), ("language", "en"),
        ("quote_policy", "nobody"), ("key", "k1"), ("do", "publish"),
    )  # fmt: skip
    (post,) = await _posts(app, alice)
    assert (answer.status, answer.location) == (303, f"/@alice/{post['id']}")
    assert (post["visibility"], post["spoiler_text"], post["language"]) == ("unlisted", "tea", "en")
    assert "&lt;b&gt;" in post["content"]
    assert post["quote_policy"] == 0


async def test_a_character_that_no_database_keeps_is_left_out(app: App, alice: User, hers: Writer) -> None:
    fields = (("text", "te\x00a"), ("warning", "\x00"), ("visibility", "public"), ("option", "a\x00"), ("option", "b"))
    assert (await hers.form("/publish", *fields)).status == 303
    (post,) = await _posts(app, alice)
    assert (post["source"], post["spoiler_text"]) == ("tea", "")


async def test_a_form_that_is_sent_twice_makes_one_post(app: App, alice: User, hers: Writer) -> None:
    fields = (("text", "once"), ("visibility", "public"), ("key", "the-same"))
    first = await hers.form("/publish", *fields, part=True)
    second = await hers.form("/publish", *fields, part=True)
    assert first.json == second.json
    assert len(await _posts(app, alice)) == 1


async def test_nothing_is_written_without_the_token_of_the_page(app: App, alice: User, hers: Writer) -> None:
    for path in ("/publish", "/compose/media", "/drafts", "/compose/translate", "/settings/push", "/compose/preview"):
        assert (await hers.form(path, ("text", "x"), ("do", "publish"), token="0.0")).status == 403
        foreign = await hers.post(path, {"text": "x", "form_token": hers.token}, origin="https://evil.example")
        assert foreign.status == 403
    assert await _posts(app, alice) == []


async def test_what_is_wrong_is_said_and_nothing_written_is_lost(app: App, hers: Writer) -> None:
    configure(app, "posts", max_characters=10)
    answer = await hers.form("/publish", ("text", "far too long <b>"), ("warning", "careful"), ("visibility", "public"))
    assert answer.status == 422
    assert "far too long &lt;b&gt;" in answer.text
    assert 'value="careful"' in answer.text
    assert "limit of 10" in answer.text


async def test_files_come_first_and_then_their_descriptions(app: App, alice: User, hers: Writer) -> None:
    step = await hers.form(
        "/publish", ("text", "two"), ("visibility", "public"), ("do", "publish"), ("files", "a.png", png()),
        ("files", "b.png", png()),
    )  # fmt: skip
    assert step.status == 200
    one, two = re.findall(r'data-field="media" name="media" value="(\d+)"', step.text)
    assert await _posts(app, alice) == []
    answer = await hers.form(
        "/publish", ("text", "two"), ("visibility", "public"), ("do", "publish"), ("media", one), ("media", two),
        (f"alt_{one}", "first"), (f"alt_{two}", "second"), (f"focus_{two}", "0.5,-0.25"), (f"order_{two}", "1"),
        (f"order_{one}", "1"), ("cover", one),
    )  # fmt: skip
    assert answer.status == 303, answer.text
    media = await app.db.rows("SELECT id, description, meta, cover FROM media ORDER BY position")
    assert [row["description"] for row in media] == ["second", "first"]
    assert [bool(row["cover"]) for row in media] == [False, True]
    assert msgspec.json.decode(media[0]["meta"])["focus"] == {"x": 0.5, "y": -0.25}


async def test_a_file_is_taken_off_by_its_box(app: App, alice: User, hers: Writer) -> None:
    one, two = await hers.uploaded(), await hers.uploaded()
    answer = await hers.form(
        "/publish", ("text", "x"), ("visibility", "public"), ("media", one), ("media", two), ("drop", one)
    )
    assert answer.status == 303
    rows = await app.db.rows("SELECT id FROM media WHERE post_id IS NOT NULL")
    assert [str(row["id"]) for row in rows] == [two]


async def test_the_files_of_others_are_neither_shown_nor_taken_nor_removed(app: App, hers: Writer) -> None:
    his = await writer(app, await person(app, "bob"))
    one = await hers.uploaded()
    assert (await his.get(f"/compose/media/{one}")).status == 404
    assert (await his.form(f"/compose/media/{one}", ("description", "mine"), part=True)).status == 404
    assert (await his.form(f"/compose/media/{one}/remove", part=True)).status == 404
    refused = await his.form("/publish", ("text", "x"), ("visibility", "public"), ("media", one), part=True)
    assert refused.status in (404, 422)
    assert (await hers.get(f"/compose/media/{one}")).json["state"] == "ready"
    assert (await hers.form(f"/compose/media/{one}", ("description", "a cup"), part=True)).json[
        "description"
    ] == "a cup"
    assert (await hers.form(f"/compose/media/{one}/remove", part=True)).status == 200


async def test_seventeen_files_are_too_many(app: App, alice: User, hers: Writer) -> None:
    ids = [("media", await hers.uploaded()) for _ in range(16)]
    one_more = await hers.form("/publish", ("text", "x"), ("visibility", "public"), *ids, ("files", "a.png", png()))
    assert one_more.status == 422
    assert (await hers.form("/publish", ("text", "x"), ("visibility", "public"), *ids)).status == 303


async def test_a_poll_has_the_options_that_are_filled(app: App, alice: User, hers: Writer) -> None:
    answer = await hers.form(
        "/publish", ("text", "which?"), ("visibility", "public"), ("option", "tea"), ("option", " "),
        ("option", "water"),
        ("lasts", "3600"), ("multiple", "1"),
    )  # fmt: skip
    assert answer.status == 303
    (poll,) = await app.db.rows("SELECT options, multiple FROM polls")
    assert [one["title"] for one in msgspec.json.decode(poll["options"])] == ["tea", "water"]
    assert poll["multiple"]


async def test_two_languages_are_published_together(app: App, alice: User, hers: Writer) -> None:
    answer = await hers.form(
        "/publish", ("text", "Tea"), ("visibility", "public"), ("language", "en"), ("other", "zh-Hans"),
        ("other_text", "茶"), ("option", "yes"), ("option", "no"), ("other_option", "是"), ("other_option", "否"),
    )  # fmt: skip
    assert answer.status == 303, answer.text
    (post,) = await _posts(app, alice)
    assert msgspec.json.decode(post["content_map"]) == {"zh-Hans": "<p>茶</p>"}
    made = msgspec.json.decode(post["translations"])["zh-Hans"]
    assert (made["machine"], made["reviewed"]) == (False, False)
    (poll,) = await app.db.rows("SELECT translations FROM polls")
    assert msgspec.json.decode(poll["translations"]) == {"zh-Hans": ["是", "否"]}


async def test_an_answer_names_whom_it_answers_and_is_seen_by_no_more_people(
    app: App, alice: User, hers: Writer
) -> None:
    bob = await person(app, "bob")
    parent = await publishing.publish(
        app, bob.account_id, Draft("@alice a question", spoiler_text="cw", visibility="direct")
    )
    page = await hers.get(f"/publish?reply={parent}")
    assert "@bob </textarea>" in page.text
    assert 'value="direct" selected' in page.text
    assert 'value="cw"' in page.text
    answer = await hers.form("/publish", ("text", "@bob yes"), ("visibility", "direct"), ("reply", str(parent)))
    assert answer.status == 303
    (post,) = await _posts(app, alice)
    assert (post["in_reply_to_id"], post["visibility"]) == (parent, "direct")


async def test_a_post_that_one_may_not_see_is_not_answered_or_quoted(app: App, hers: Writer) -> None:
    bob = await person(app, "bob")
    hidden = await publishing.publish(app, bob.account_id, Draft("zqsecret", visibility="private"))
    for asked in (f"reply={hidden}", f"quote={hidden}", "reply=x", "quote=99999999999999999999"):
        page = await hers.get(f"/publish?{asked}")
        assert page.status == 404
        assert "zqsecret" not in page.text


async def test_a_quote_shows_what_it_quotes(app: App, alice: User, hers: Writer) -> None:
    bob = await person(app, "bob")
    quoted = await publishing.publish(app, bob.account_id, Draft("look at this"))
    assert "look at this" in (await hers.get(f"/publish?quote={quoted}")).text
    answer = await hers.form("/publish", ("text", "indeed"), ("visibility", "public"), ("quote", str(quoted)))
    assert answer.status == 303
    assert await app.db.value("SELECT quoted_id AS value FROM quotes") == quoted


async def test_what_another_app_shares_stands_in_the_form_and_runs_nothing(hers: Writer) -> None:
    page = await hers.get(
        "/publish?title=Tea&text=%3Cscript%3Ealert(1)%3C%2Fscript%3E&url=https%3A%2F%2Ftea.example%2F"
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n\nhttps://tea.example/</textarea>" in page.text
    assert "Tea\n\n" in page.text
    assert "<script>alert" not in page.text


async def test_an_edit_begins_with_the_post_as_it_was_written_and_keeps_the_rest(
    app: App, alice: User, hers: Writer
) -> None:
    one = await hers.uploaded()
    await hers.form(
        "/publish", ("text", "Tea"), ("visibility", "unlisted"), ("language", "en"), ("media", one),
        (f"alt_{one}", "cup"), ("other", "de"), ("other_text", "Tee"), ("cover", one),
    )  # fmt: skip
    (post,) = await _posts(app, alice)
    page = await hers.get(f"/posts/{post['id']}/edit")
    assert all(part in page.text for part in ("\nTea</textarea>", "\nTee</textarea>", "\ncup</textarea>"))
    answer = await hers.form(
        "/publish", ("edit", str(post["id"])), ("text", "Green tea"), ("visibility", "public"), ("language", "en"),
        ("media", one), (f"alt_{one}", "green cup"), ("other", "de"), ("other_was", "de"), ("other_text", "Tee"),
        ("cover", one), ("quote_policy", "nobody"), ("machine_translation", "none"),
    )  # fmt: skip
    assert answer.location == f"/@alice/{post['id']}"
    (after,) = await _posts(app, alice)
    assert (after["source"], after["visibility"], after["machine_translation"]) == ("Green tea", "unlisted", "none")
    assert msgspec.json.decode(after["content_map"]) == {"de": "<p>Tee</p>"}
    made = msgspec.json.decode(after["translations"])["de"]
    assert made["source_updated"] < after["edited_at"]  # it was not renewed with the text
    assert await app.db.value("SELECT description AS value FROM media") == "green cup"


async def test_an_edit_takes_off_the_second_language_or_renews_it(app: App, alice: User, hers: Writer) -> None:
    draft = Draft("Tea", language="en")
    post_id = await publishing.publish(app, alice.account_id, draft)
    fields = (("edit", str(post_id)), ("text", "Tea"), ("visibility", "public"), ("language", "en"))
    await hers.form("/publish", *fields, ("other", "de"), ("other_text", "Tee"))
    (post,) = await _posts(app, alice)
    assert msgspec.json.decode(post["content_map"]) == {"de": "<p>Tee</p>"}
    app.clock.shift(5)
    await hers.form("/publish", *fields, ("other", "de"), ("other_was", "de"), ("other_text", ""))
    (post,) = await _posts(app, alice)
    assert post["content_map"] is None


async def test_an_edit_that_says_the_same_options_keeps_the_votes(app: App, alice: User, hers: Writer) -> None:
    poll = PollDraft(("a", "b"), 3600)
    post_id = await publishing.publish(app, alice.account_id, Draft("which", poll=poll, language="en"))
    await app.db.execute("UPDATE polls SET options = ?", '[{"title":"a","votes":3},{"title":"b","votes":0}]')
    await hers.form(
        "/publish", ("edit", str(post_id)), ("text", "which one"), ("visibility", "public"), ("option", "a"),
        ("option", "b"),
    )  # fmt: skip
    assert '"votes":3' in await app.db.value("SELECT options AS value FROM polls")


async def test_nobody_edits_the_post_of_another_in_the_browser(app: App, hers: Writer) -> None:
    bob = await person(app, "bob")
    post_id = await publishing.publish(app, bob.account_id, Draft("mine"))
    assert (await hers.get(f"/posts/{post_id}/edit")).status == 404
    answer = await hers.form("/publish", ("edit", str(post_id)), ("text", "yours"), ("visibility", "public"), part=True)
    assert answer.status == 404
    assert "mine" in await app.db.value("SELECT content AS value FROM posts")


async def test_a_preview_is_safe_and_publishes_nothing(app: App, alice: User, hers: Writer) -> None:
    page = await hers.form(
        "/publish", ("text", "<img src=x onerror=alert(1)> #tea"), ("visibility", "public"), ("do", "preview"),
        ("other", "de"), ("other_text", "Tee"),
    )  # fmt: skip
    assert "&lt;img src=x" in page.text
    assert 'class="mention hashtag"' in page.text
    assert await _posts(app, alice) == []
    part = await hers.form("/compose/preview", ("text", "<i>x</i>"), ("other", "de"), ("other_text", "y"), part=True)
    assert part.json == {"": "<p>&lt;i&gt;x&lt;/i&gt;</p>", "de": "<p>y</p>"}


async def test_a_draft_is_kept_on_the_server_and_gone_once_it_is_published(app: App, alice: User, hers: Writer) -> None:
    one = await hers.uploaded()
    kept = await hers.form("/publish", ("text", "half"), ("visibility", "private"), ("media", one), ("do", "keep"))
    assert kept.location == "/drafts"
    (draft,) = await unfinished.mine(app, alice.account_id)
    assert "half" in (await hers.get("/drafts")).text
    page = await hers.get(f"/publish?draft={draft.id}")
    assert "\nhalf</textarea>" in page.text
    assert f'value="{one}"' in page.text
    await hers.form("/publish", ("text", "whole"), ("visibility", "public"), ("draft", str(draft.id)), ("media", one))
    assert await unfinished.mine(app, alice.account_id) == []
    his = await writer(app, await person(app, "bob"))
    assert (await his.get(f"/publish?draft={draft.id}")).status == 404


async def test_a_plan_is_made_moved_and_cancelled(app: App, alice: User, hers: Writer) -> None:
    due = (app.now() + timedelta(hours=30)).replace(second=0, microsecond=0)
    at = (due + timedelta(minutes=480)).strftime("%Y-%m-%dT%H:%M")
    answer = await hers.form("/publish", ("text", "later"), ("visibility", "public"), ("at", at), ("offset", "480"))
    assert answer.location == "/scheduled"
    row = await app.db.row("SELECT id, due FROM scheduled_posts")
    assert row is not None
    assert row["due"] == int(due.timestamp() * 1000)
    page = await hers.get("/scheduled")
    assert "later" in page.text
    token = {"form_token": page.forms[-1].hidden["form_token"]}
    earlier = due - timedelta(hours=2)
    moved = await hers.post(
        f"/scheduled/{row['id']}", {**token, "do": "move", "at": earlier.strftime("%Y-%m-%dT%H:%M")}
    )
    assert moved.location == "/scheduled"
    assert await app.db.value("SELECT due AS value FROM scheduled_posts") == int(earlier.timestamp() * 1000)
    soon = await hers.post(
        f"/scheduled/{row['id']}", {**token, "do": "move", "at": app.now().strftime("%Y-%m-%dT%H:%M")}
    )
    assert (soon.status, "five minutes" in soon.text) == (422, True)
    his = await writer(app, await person(app, "bob"))
    assert (await his.post(f"/scheduled/{row['id']}", {**token, "do": "cancel"})).status == 403
    assert (await hers.post(f"/scheduled/{row['id']}", {**token, "do": "cancel"})).location == "/scheduled"
    assert await app.db.rows("SELECT id FROM scheduled_posts") == []
    assert await _posts(app, alice) == []


@pytest.mark.parametrize("at", ["tomorrow", "2026-13-01T00:00", "9999-12-31T23:59"])
async def test_a_time_that_is_none_is_refused_in_words(app: App, hers: Writer, at: str) -> None:
    answer = await hers.form("/publish", ("text", "later"), ("visibility", "public"), ("at", at), ("offset", "-99999"))
    assert answer.status == 422


async def test_the_small_form_publishes_as_its_author_usually_does(app: App, alice: User, hers: Writer) -> None:
    await app.db.execute("UPDATE users SET default_visibility = 'private', default_language = 'ja'")
    answer = await hers.form("/publish", ("text", "short"), ("key", ""), ("next", "/home"))
    assert answer.location == "/home"
    (post,) = await _posts(app, alice)
    assert (post["visibility"], post["language"]) == ("private", "ja")
    evil = await hers.form("/publish", ("text", "short"), ("next", "//evil.example"))
    assert evil.location == "/"
