"""Objects of every kind and shape from other servers: what readers here see of each, through the real inbox."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fedinote.text import html
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, stamp


@pytest.fixture
async def followed(scene: Scene) -> Scene:
    await scene.follow(scene.alice, scene.bob)
    return scene


async def _shown(scene: Scene, **fields: Any) -> Any:
    """How alice sees a new object of bob's."""
    note = scene.bob.note() | fields
    await scene.done(scene.bob, scene.bob.create(note))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None, "it is not here"
    return await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}")


PAGE = "https://play.example/w/1"
LONG = {"name": "On tides", "summary": "A short word on tides", "url": PAGE}


@pytest.mark.parametrize("kind", ["Article", "Page", "Video", "Audio", "Event", "Image", "Review"])
async def test_a_titled_object_shows_its_title_and_text_and_the_summary_is_no_warning(
    followed: Scene, kind: str
) -> None:
    shown = await _shown(followed, type=kind, content="<h2>First</h2><ul><li>moon</li></ul>", **LONG)
    assert shown["content"].startswith("<p><strong>On tides</strong></p>")
    assert "<h2>First</h2><ul><li>moon</li></ul>" in shown["content"]
    assert (f'href="{PAGE}"' in shown["content"]) is (kind not in ("Image", "Review"))
    assert (shown["spoiler_text"], shown["sensitive"]) == ("", False)


async def test_an_object_without_text_shows_its_excerpt(followed: Scene) -> None:
    shown = await _shown(followed, type="Article", content=None, **LONG)
    assert "A short word on tides" in shown["content"]


async def test_an_article_is_kept_whole_and_one_that_is_too_long_shows_its_preview(followed: Scene) -> None:
    preview = {"type": "Note", "content": "<p>In short: the moon</p>"}
    whole = "<p>" + "tide " * 15_000 + "</p>"
    shown = await _shown(followed, type="Article", content=whole, preview=preview, **LONG)
    assert html.sanitise(whole) in shown["content"]
    shown = await _shown(followed, type="Article", content=whole * 2, preview=preview, **LONG)
    assert "In short: the moon" in shown["content"]
    assert "tide tide" not in shown["content"]
    assert PAGE in shown["content"]
    shown = await _shown(followed, type="Article", content=whole * 2, **LONG)
    assert "tide tide" in shown["content"], "better cut than nothing"


async def test_an_event_shows_when_and_where_it_is(followed: Scene) -> None:
    place = {"type": "Place", "name": "Quay 3"}
    when = {"startTime": "2026-03-01T08:30:00+01:00", "endTime": "2026-03-01T10:00:00Z"}
    shown = await _shown(followed, type="Event", location=place, **when, **LONG)
    assert "📍 Quay 3<br>📅 2026-03-01 07:30 – 2026-03-01 10:00" in shown["content"]


async def test_a_note_with_a_name_shows_its_text_and_a_chat_message_is_direct(followed: Scene) -> None:
    shown = await _shown(followed, name="A name", content="<p>A text</p>")
    assert shown["content"] == "<p>A text</p>"
    chat = await _shown(followed, type="ChatMessage", to=[followed.uri(followed.alice), PUBLIC])
    assert chat["visibility"] == "direct"


@pytest.mark.parametrize("kind", ["Album", "Story", "Place", "Listen", "Tombstone", "Relationship", "Bite", "Whatever"])
async def test_what_is_no_kind_of_post_is_taken_and_ignored(followed: Scene, kind: str) -> None:
    await followed.known(followed.bob)
    body = followed.bob.create(followed.bob.note() | {"type": kind})
    async with followed.nothing(kind, but=("received_activities", "hosts", "jobs"), asked=1):
        assert await followed.send(followed.bob, body) == 202


@pytest.mark.parametrize(
    "kind", ["Dislike", "View", "Join", "Leave", "Listen", "Read", "Bite", "Offer", "Whatever", "Travel"]
)
async def test_an_activity_of_another_type_is_taken_and_ignored(followed: Scene, kind: str) -> None:
    posted = await followed.alice.post("Hello")
    await followed.without_effect(kind, followed.bob, followed.bob.activity(kind, posted["uri"], to=[PUBLIC]))


@pytest.mark.parametrize(
    "url",
    [
        "https://bank.example/login",
        "javascript:alert(1)",
        [{"type": "Link", "href": "data:text/html,x"}],
        7,
        ["https://bank.example/", "javascript:1"],
    ],
)
async def test_a_link_to_another_origin_is_shown_as_the_id(followed: Scene, url: Any) -> None:
    shown = await _shown(followed, url=url)
    assert shown["url"] == shown["uri"]
    assert "bank.example" not in str(shown)


async def test_dates_out_of_range_are_brought_back_and_tell_nobody(followed: Scene) -> None:
    me = followed.uri(followed.alice)
    tag = {"type": "Mention", "href": me, "name": "@alice"}
    now = datetime.now(UTC)
    for stated in ("2099-01-01T00:00:00Z", "1969-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        shown = await _shown(followed, published=stated, to=[PUBLIC, me], tag=[tag])
        created = datetime.fromisoformat(shown["created_at"])
        assert created <= now + timedelta(minutes=2), stated
    assert len(await followed.alice.home()) == 2, "the two from the past are in no home timeline"
    notifications = await followed.alice.call("GET", "/api/v1/notifications")
    assert len([one for one in notifications if one["type"] == "mention"]) == 2
    shown = await _shown(followed, published=None)
    assert abs(datetime.fromisoformat(shown["created_at"]) - now) < timedelta(minutes=1)


async def test_a_note_that_says_when_it_expires_stays_until_its_server_deletes_it(followed: Scene) -> None:
    shown = await _shown(followed, expires_at=stamp(-60), expiresAt=stamp(-60), endTime=stamp(-60))
    assert shown["content"] == "<p>Hello</p>"


async def test_more_than_four_files_are_kept_with_their_descriptions(followed: Scene) -> None:
    files = [{"type": "Document", "url": f"https://a.example/{n}.png", "summary": f"Number {n}"} for n in range(20)]
    shown = await _shown(followed, attachment=files)
    assert [one["description"] for one in shown["media_attachments"]] == [f"Number {n}" for n in range(16)]
    assert {one["type"] for one in shown["media_attachments"]} == {"image"}


async def test_the_length_of_a_sound_elsewhere_is_told(followed: Scene) -> None:
    sound = {"type": "Document", "mediaType": "audio/mpeg", "url": "https://a.example/a.mp3", "duration": "PT1M30.5S"}
    media = (await _shown(followed, attachment=[sound]))["media_attachments"][0]
    assert media["type"] == "audio"
    assert media["meta"] == {"length": "0:01:30.50", "duration": 90.5, "original": {"duration": 90.5}}


async def test_names_and_warnings_and_fields_are_cleaned_as_posts_are(followed: Scene) -> None:
    image = '<img src="https://a.example/x.png" onerror="x()">'
    bad = f'<p>Hi<script>alert(1)</script>{image}<a href="javascript:1">l</a></p>'
    shown = await _shown(followed, content=bad, summary=bad)
    assert shown["content"].startswith("<p>Hi<a href=")
    assert shown["spoiler_text"] == "Hil"
    bob = followed.bob
    field = {"type": "PropertyValue", "name": bad, "value": bad}
    bob.document |= {"name": bad, "summary": bad, "attachment": [field]}
    await followed.done(bob, bob.activity("Update", bob.document, to=[PUBLIC]))
    account = await followed.alice.find(bob.handle)
    assert account["note"] == shown["content"]
    assert account["fields"][0]["value"] == shown["content"]
    for text in (account["note"], account["fields"][0]["value"]):
        assert not any(word in text for word in ("script", "onerror", "javascript"))


async def test_markup_of_misskey_and_formulas_come_out_readable(followed: Scene) -> None:
    mfm = '<p><span class="mfm-tada" data-mfm-speed="2s">Tada</span> <i class="mfm-shake">x</i></p>'
    shown = await _shown(
        followed, content=mfm, htmlMfm=True, source={"content": "$[tada Tada]", "mediaType": "text/x.misskeymarkdown"}
    )
    assert shown["content"] == "<p><span>Tada</span> <i>x</i></p>"
    math = '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>'
    assert (await _shown(followed, content=f"<p>{math}</p>"))["content"] == "<p>$x^2$</p>"


async def test_where_activity_and_object_differ_fewer_people_see_it(followed: Scene) -> None:
    bob = followed.bob
    own, me = bob.document["followers"], followed.uri(followed.alice)
    public, unlisted = {"to": [PUBLIC], "cc": [own]}, {"to": [own], "cc": [PUBLIC]}
    private, direct = {"to": [own], "cc": []}, {"to": [me], "cc": []}
    nothing: dict[str, list[str]] = {"to": [], "cc": []}
    cases = (
        (public, private, "private"),
        (private, public, "private"),
        (public, unlisted, "unlisted"),
        (unlisted, public, "public"),
        (direct, public, "direct"),
        (public, direct, "direct"),
        (nothing, private, "private"),
        (private, nothing, "private"),
        (public, public, "public"),
        (nothing, nothing, "direct"),
    )
    for activity, note, seen in cases:
        document = bob.note() | note
        await followed.done(bob, bob.create(document) | activity)
        row = await followed.row("SELECT visibility FROM posts WHERE uri = ?", document["id"])
        if activity == note == nothing:
            assert row is None or row["visibility"] == seen
            continue
        assert row is not None, (activity, note)
        assert row["visibility"] == seen, (activity, note)


async def test_only_the_authors_own_followers_make_a_post_private(followed: Scene) -> None:
    bob, mallory = followed.bob, followed.mallory
    await followed.known(mallory)
    me = followed.uri(followed.alice)
    for uri, seen in (
        (bob.document["followers"], "private"),
        (mallory.document["followers"], "direct"),
        (f"{bob.id}/other/followers", "direct"),
    ):
        assert (await _shown(followed, to=[uri, me]))["visibility"] == seen, uri


async def test_who_is_addressed_without_being_named_gets_it_silently(followed: Scene) -> None:
    me = followed.uri(followed.alice)
    shown = await _shown(followed, to=[me], content="<p>psst</p>")
    assert (shown["visibility"], shown["mentions"]) == ("direct", [])
    assert await followed.count("post_mentions", "silent = TRUE") == 1
    assert await followed.alice.call("GET", "/api/v1/notifications", params={"types[]": "mention"}) == []
    conversations = await followed.alice.call("GET", "/api/v1/conversations")
    assert len(conversations) == 1
    tagged = await _shown(
        followed, to=[me], tag={"type": "Mention", "href": me, "name": "@alice"}, content="<p>no name</p>"
    )
    assert [one["username"] for one in tagged["mentions"]] == ["alice"]


async def test_blind_recipients_are_neither_kept_nor_shown(followed: Scene) -> None:
    secret = "https://secret.example/users/x"
    shown = await _shown(followed, bto=[secret], bcc=secret)
    assert "secret.example" not in str(shown)
    for table in ("posts", "post_mentions", "accounts"):
        rows = await followed.app.db.rows(f"SELECT * FROM {table}")
        assert "secret.example" not in str([dict(row) for row in rows]), table


async def test_ids_of_portable_objects_do_no_harm(followed: Scene) -> None:
    portable = "ap://did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    tags = [
        {"type": "Mention", "href": f"{portable}/actor", "name": "@far"},
        {"type": "Hashtag", "href": f"{portable}/tags/tea", "name": "#tea"},
        {"type": "Link", "href": f"{portable}/objects/1", "mediaType": "application/activity+json"},
    ]
    to = [PUBLIC, f"{portable}/actor"]
    shown = await _shown(followed, content="hello", tag=tags, inReplyTo=f"{portable}/objects/1", to=to, quote=portable)
    assert (shown["content"], shown["in_reply_to_id"], shown["mentions"]) == ("hello", None, [])
    assert [tag["name"] for tag in shown["tags"]] == ["tea"]
    gateway = f"{followed.victim.base}/.well-known/apgateway/did:key:z6Mk/objects/1"
    shown = await _shown(followed, content="by a gateway", inReplyTo=gateway)
    assert shown["content"] == "by a gateway"
