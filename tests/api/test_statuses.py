import re

import pytest

from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.api.client import Client, File
from tests.api.conftest import Person, picture
from tests.support.people import configure

NULLABLE = (
    "in_reply_to_id",
    "in_reply_to_account_id",
    "language",
    "url",
    "edited_at",
    "reblog",
    "card",
    "poll",
    "quote",
)
PERSONAL = {"favourited", "reblogged", "muted", "bookmarked", "filtered"}


async def write(person: Person, text: str = "hello", **more) -> dict:
    answer = await person.post("/api/v1/statuses", {"status": text, **more})
    assert answer.status == 200, answer.json
    return answer.json


async def test_a_post_has_every_key_though_it_may_be_null(alice):
    post = await write(alice, "Hello <b>World</b> & all #Tea")
    assert all(key in post for key in (*NULLABLE, *PERSONAL, "pinned"))
    assert post["content"].startswith("<p>Hello &lt;b&gt;World&lt;/b&gt; &amp; all ")
    assert post["tags"] == [{"name": "tea", "url": "http://localhost:8000/tags/tea"}]
    assert 'class="mention hashtag" rel="tag"' in post["content"]
    assert post["application"] == {"name": "Reader", "website": "https://reader.example"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", post["created_at"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", post["account"]["last_status_at"])
    assert isinstance(post["id"], str)


async def test_without_a_token_nothing_personal_is_there(alice, bob, stranger):
    post = await write(alice)
    seen = (await stranger.get(f"/api/v1/statuses/{post['id']}")).json
    assert not (PERSONAL | {"pinned"}) & seen.keys()
    others = (await bob.get(f"/api/v1/statuses/{post['id']}")).json
    assert seen.keys() - {"pinned"} <= others.keys()
    assert "pinned" not in others


async def test_the_same_idempotency_key_gives_the_first_post_again(alice, bob):
    key = {"Idempotency-Key": "one"}
    first = await alice.post("/api/v1/statuses", {"status": "once"}, headers=key)
    again = await alice.post("/api/v1/statuses", {"status": "once"}, headers=key)
    other = await bob.post("/api/v1/statuses", {"status": "once"}, headers=key)
    assert (first.status, again.status) == (200, 200)
    assert first.json["id"] == again.json["id"] != other.json["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"status": ""},
        {},
        {"status": "x" * 5001},
        {"status": "x", "visibility": "everybody"},
        {"status": "p", "poll": {"options": ["a"], "expires_in": 600}},
        {"status": "p", "poll": {"options": ["a", "b"], "expires_in": "soon"}},
        {"status": "x", "language": "not a language"},
        {"status": {"a": 1}},
    ],
)
async def test_what_breaks_a_rule_is_422_with_a_reason(alice, body):
    answer = await alice.post("/api/v1/statuses", body)
    assert answer.status == 422
    assert answer.json["error"]


async def test_an_answer_to_nothing_is_404(alice):
    assert (await alice.post("/api/v1/statuses", {"status": "x", "in_reply_to_id": "1"})).status == 404
    assert (await alice.post("/api/v1/statuses", {"status": "x", "in_reply_to_id": "no"})).status == 404


async def test_defaults_of_the_author_are_used_where_the_client_is_silent(alice):
    await alice.patch("/api/v1/accounts/update_credentials", {"source": {"privacy": "unlisted", "sensitive": True}})
    post = await write(alice)
    assert (post["visibility"], post["sensitive"]) == ("unlisted", True)
    assert (await write(alice, visibility="public", sensitive=False))["visibility"] == "public"


async def test_a_private_post_is_404_for_strangers_not_403(alice, bob, stranger):
    post = await write(alice, visibility="private")
    for client in (bob, stranger):
        for path in ("", "/context", "/history", "/favourited_by"):
            assert (await client.get(f"/api/v1/statuses/{post['id']}{path}")).status == 404
    for verb in ("favourite", "bookmark", "reblog", "mute", "pin"):
        assert (await bob.post(f"/api/v1/statuses/{post['id']}/{verb}")).status == 404


async def test_several_posts_come_in_the_order_asked_without_those_one_may_not_see(alice, bob):
    one, two = await write(alice, "one"), await write(alice, "two")
    hidden = await write(alice, "hidden", visibility="direct")
    answer = await bob.get("/api/v1/statuses", {"id[]": [one["id"], hidden["id"], two["id"], "7"]})
    assert answer.ids == [one["id"], two["id"]]
    assert (await bob.get("/api/v1/statuses", {"id": one["id"]})).ids == [one["id"]]


async def test_a_context_has_what_it_answers_above_and_the_answers_below(alice, bob):
    top = await write(alice, "top")
    answer = await write(bob, "answer", in_reply_to_id=top["id"])
    last = await write(alice, "last", in_reply_to_id=int(answer["id"]))
    assert (answer["in_reply_to_id"], answer["in_reply_to_account_id"]) == (top["id"], alice.id)
    context = (await alice.get(f"/api/v1/statuses/{answer['id']}/context")).json
    assert [one["id"] for one in context["ancestors"]] == [top["id"]]
    assert [one["id"] for one in context["descendants"]] == [last["id"]]
    assert (await alice.get(f"/api/v1/statuses/{top['id']}")).json["replies_count"] == 1


async def test_an_edit_changes_the_text_and_leaves_the_former_one_in_the_history(alice, bob):
    post = await write(alice, "first", language="en")
    for call in (alice.put, alice.patch):
        edited = (await call(f"/api/v1/statuses/{post['id']}", {"status": f"again {call.__name__}"})).json
        assert "again" in edited["content"]
        assert edited["edited_at"]
    versions = (await bob.get(f"/api/v1/statuses/{post['id']}/history")).json
    assert [re.sub("<[^>]+>", "", one["content"]) for one in versions] == ["first", "again put", "again patch"]
    assert (await alice.get(f"/api/v1/statuses/{post['id']}/source")).json == {
        "id": post["id"],
        "text": "again patch",
        "spoiler_text": "",
        "language": post["language"],
        "translations": {},
        "machine_translation": "any",
        "reply_approval_policy": "public",
        "cover_media_ids": [],
    }


async def test_nobody_edits_deletes_or_reads_the_source_of_anothers_post(alice, bob):
    post = await write(alice)
    assert (await bob.put(f"/api/v1/statuses/{post['id']}", {"status": "mine"})).status == 404
    assert (await bob.delete(f"/api/v1/statuses/{post['id']}")).status == 404
    assert (await bob.get(f"/api/v1/statuses/{post['id']}/source")).status == 404


async def test_a_deleted_post_answers_its_source_and_is_gone_everywhere(alice, bob):
    post = await write(alice, "an answer #gone")
    await alice.post(f"/api/v1/statuses/{post['id']}/pin")
    await bob.post(f"/api/v1/statuses/{post['id']}/bookmark")
    boost = (await bob.post(f"/api/v1/statuses/{post['id']}/reblog")).json
    gone = (await alice.delete(f"/api/v1/statuses/{post['id']}")).json
    assert gone["text"] == "an answer #gone"
    assert "content" not in gone
    for one in (post, boost):
        assert (await bob.get(f"/api/v1/statuses/{one['id']}")).status == 404
    assert (await alice.get(f"/api/v1/accounts/{alice.id}/statuses", {"pinned": "true"})).json == []
    assert (await bob.get("/api/v1/bookmarks")).json == []
    assert (await bob.get(f"/api/v1/accounts/{bob.id}/statuses")).json == []


@pytest.mark.parametrize(
    ("on", "off", "flag"),
    [
        ("favourite", "unfavourite", "favourited"),
        ("bookmark", "unbookmark", "bookmarked"),
        ("mute", "unmute", "muted"),
        ("pin", "unpin", "pinned"),
    ],
)
async def test_what_one_does_with_a_post_shows_and_may_be_repeated_and_taken_back(alice, on, off, flag):
    post = await write(alice)
    for _ in range(2):
        assert (await alice.post(f"/api/v1/statuses/{post['id']}/{on}")).json[flag] is True
    assert (await alice.get(f"/api/v1/statuses/{post['id']}")).json[flag] is True
    for _ in range(2):
        assert (await alice.post(f"/api/v1/statuses/{post['id']}/{off}")).json[flag] is False


async def test_a_favourite_counts_and_names_who(alice, bob):
    post = await write(alice)
    assert (await bob.post(f"/api/v1/statuses/{post['id']}/favourite")).json["favourites_count"] == 1
    assert (await alice.get(f"/api/v1/statuses/{post['id']}/favourited_by")).ids == [bob.id]
    assert (await bob.get("/api/v1/favourites")).ids == [post["id"]]
    assert (await bob.post(f"/api/v1/statuses/{post['id']}/unfavourite")).json["favourites_count"] == 0


async def test_a_boost_answers_itself_with_the_post_inside_and_unboosting_the_post(alice, bob):
    post = await write(alice)
    boost = (await bob.post(f"/api/v1/statuses/{post['id']}/reblog")).json
    assert boost["id"] != post["id"]
    assert boost["account"]["id"] == bob.id
    assert boost["reblog"]["id"] == post["id"]
    assert boost["reblog"]["reblogged"] is True
    assert boost["reblog"]["reblogs_count"] == 1
    assert (await bob.post(f"/api/v1/statuses/{post['id']}/reblog")).json["id"] == boost["id"]
    assert (await alice.get(f"/api/v1/statuses/{post['id']}/reblogged_by")).ids == [bob.id]
    back = (await bob.post(f"/api/v1/statuses/{boost['id']}/unreblog")).json
    assert (back["id"], back["reblogged"], back["reblogs_count"]) == (post["id"], False, 0)


async def test_a_boost_goes_where_its_post_may_not_be_seen(alice, bob, town):
    carol = await town.person("carol")
    post = await write(alice)
    boost = (await bob.post(f"/api/v1/statuses/{post['id']}/reblog")).json
    assert (await carol.get(f"/api/v1/statuses/{boost['id']}")).status == 200
    await alice.post(f"/api/v1/accounts/{carol.id}/block")
    assert (await carol.get(f"/api/v1/statuses/{boost['id']}")).status == 404


async def test_favourites_page_by_a_hidden_id_that_the_link_knows(alice, bob, town):
    posts = [await write(alice, f"post {n}") for n in range(5)]
    for post in reversed(posts):  # liked in the order that posts do not have
        await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    first = await bob.get("/api/v1/favourites", {"limit": 2})
    assert first.ids == [posts[0]["id"], posts[1]["id"]]
    assert first.header("link").startswith("<http://localhost:8000/api/v1/favourites?limit=2&max_id=")
    seen = [*first.ids]
    answer = first
    while "next" in answer.links:
        answer = await bob.get(answer.links["next"].removeprefix("http://localhost:8000"))
        seen += answer.ids
    assert seen == [post["id"] for post in posts]
    back = await bob.get(first.links["prev"].removeprefix("http://localhost:8000"))
    assert back.json == []
    assert back.header("link") is None


async def test_attachments_come_in_their_order_and_may_be_described_in_an_edit(alice):
    files = [("file", File("a.png", picture()))]
    one = (await alice.post("/api/v1/media", parts=files)).json["id"]
    two = (await alice.post("/api/v2/media", parts=files)).json["id"]
    form = [("status", "pictures"), ("media_ids[]", two), ("media_ids[]", one)]
    post = (await alice.post("/api/v1/statuses", form=form)).json
    assert [media["id"] for media in post["media_attachments"]] == [two, one]
    changes = {
        "status": "pictures",
        "media_ids": [two, one],
        "media_attributes": [{"id": two, "description": "new words", "focus": "0.5,-1"}],
    }
    edited = (await alice.put(f"/api/v1/statuses/{post['id']}", changes)).json
    assert [media["id"] for media in edited["media_attachments"]] == [two, one]
    assert edited["media_attachments"][0]["description"] == "new words"
    assert edited["media_attachments"][0]["meta"]["focus"] == {"x": 0.5, "y": -1.0}


async def test_limits_count_what_a_reader_calls_characters(alice):
    configuration = (await alice.get("/api/v2/instance")).json["configuration"]
    most, of_option = configuration["statuses"]["max_characters"], configuration["polls"]["max_characters_per_option"]
    assert (await alice.post("/api/v1/statuses", {"status": "👨‍👩‍👧" * most})).status == 200
    assert (await alice.post("/api/v1/statuses", {"status": "नि" * (most + 1)})).status == 422
    poll = {"options": ["👨‍👩‍👧" * of_option, "b"], "expires_in": 3600}
    assert (await alice.post("/api/v1/statuses", {"status": "p", "poll": poll})).status == 200
    poll["options"] = ["👨‍👩‍👧" * (of_option + 1), "b"]
    assert (await alice.post("/api/v1/statuses", {"status": "p", "poll": poll})).status == 422


async def test_a_poll_is_voted_in_by_numbers_or_text_and_once(alice, bob, stranger):
    poll = {"options": ["tea", "coffee"], "expires_in": 3600, "hide_totals": True}
    post = await write(alice, "which?", poll=poll)
    poll_id = post["poll"]["id"]
    assert (post["poll"]["voted"], post["poll"]["own_votes"]) == (True, [])  # one's own
    before = (await bob.get(f"/api/v1/polls/{poll_id}")).json
    assert (before["voted"], before["own_votes"], before["expired"]) == (False, [], False)
    assert [one["votes_count"] for one in before["options"]] == [None, None]
    voted = (await bob.post(f"/api/v1/polls/{poll_id}/votes", {"choices": ["1"]})).json
    assert (voted["voted"], voted["own_votes"], voted["votes_count"], voted["voters_count"]) == (True, [1], 1, 1)
    assert (await bob.post(f"/api/v1/polls/{poll_id}/votes", {"choices": [0]})).status == 422
    assert (await bob.get(f"/api/v1/statuses/{post['id']}")).json["poll"]["own_votes"] == [1]
    assert "voted" not in (await stranger.get(f"/api/v1/polls/{poll_id}")).json


async def test_a_poll_of_a_private_post_is_not_there_for_others(alice, bob):
    post = await write(alice, "?", visibility="private", poll={"options": ["a", "b"], "expires_in": 600})
    assert (await bob.get(f"/api/v1/polls/{post['poll']['id']}")).status == 404
    assert (await bob.post(f"/api/v1/polls/{post['poll']['id']}/votes", {"choices": [0]})).status == 404


async def test_without_an_engine_only_the_scripts_of_chinese_are_converted(alice):
    post = await write(alice)
    assert (await alice.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "de"})).status == 422
    post = await write(alice, "我喜欢软件", language="zh-CN")
    converted = (await alice.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "zh-TW"})).json
    assert (converted["content"], converted["provider"]) == ("<p>我喜歡軟體</p>", "OpenCC")
    assert (await alice.get("/api/v1/instance/translation_languages")).json.keys() >= {"zh", "zh-CN", "zh-TW"}


async def test_a_post_with_a_filtered_word_says_which_filter(alice, bob):
    made = await bob.post(
        "/api/v2/filters",
        {"title": "t", "context": ["home"], "keywords_attributes": [{"keyword": "spoil", "whole_word": True}]},
    )
    post = await write(alice, "this is spoil here")
    seen = (await bob.get(f"/api/v1/statuses/{post['id']}")).json
    assert [one["filter"]["id"] for one in seen["filtered"]] == [made.json["id"]]
    assert seen["filtered"][0]["keyword_matches"] == ["spoil"]
    assert (await alice.get(f"/api/v1/statuses/{post['id']}")).json["filtered"] == []


def filters_read(town) -> int:
    """With several processes filters are not kept: whether they changed is one query more."""
    return 0 if town.app.bus.relay is None else 1


async def test_a_page_of_posts_costs_the_same_whatever_it_holds(town, alice, bob):
    app = town.app
    post = await write(alice, "one", poll={"options": ["a", "b"], "expires_in": 600})
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    path = f"/api/v1/accounts/{bob.id}/statuses"

    async def cost() -> int:
        await bob.get(path)  # tokens and filters are known from here on
        before = app.db.statements
        assert (await bob.get(path)).status == 200
        return app.db.statements - before

    small = await cost()
    for number in range(10):
        draft = Draft(f"post {number} @alice #tag{number}", in_reply_to_id=int(post["id"]) if number % 2 else None)
        await publishing.publish(app, bob.account_id, draft)
    assert await cost() == small == 9 + filters_read(town)


async def test_a_single_post_costs_five_queries(town, alice):
    post = await write(alice)
    await alice.get(f"/api/v1/statuses/{post['id']}")
    before = town.app.db.statements
    await alice.get(f"/api/v1/statuses/{post['id']}")
    assert town.app.db.statements - before == 5 + filters_read(town)


async def test_posting_is_limited(town, alice, monkeypatch):
    from fedinote.api import access

    configure(town.app, "limits", enabled=True)
    monkeypatch.setitem(access.LIMITS, "statuses", access.Limit(1, 3600))
    first = await alice.post("/api/v1/statuses", {"status": "one"})
    assert first.header("x-ratelimit-limit") == "1"
    assert (await alice.post("/api/v1/statuses", {"status": "two"})).status == 429
    assert (await alice.get("/api/v1/preferences")).status == 200


async def test_a_token_to_read_cannot_write(town, alice):
    reader = Client(town.asgi, await town.token(alice.user_id, "read"))
    post = await write(alice)
    assert (await reader.get(f"/api/v1/statuses/{post['id']}")).status == 200
    for path in ("", f"/{post['id']}/favourite", f"/{post['id']}/reblog", f"/{post['id']}/pin"):
        assert (await reader.post(f"/api/v1/statuses{path}", {"status": "x"})).status == 403
