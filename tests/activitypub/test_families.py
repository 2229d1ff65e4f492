"""Families of shapes: one meaning, and every form in which it may come."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fedinote.activitypub import render, vocab
from fedinote.activitypub.render import Envelope
from fedinote.activitypub.render_actors import EmojiOut, HashtagOut, ImageOut
from fedinote.activitypub.versions import Version
from tests.activitypub import expanding

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
BASE = "https://harbour.example"
ME = f"{BASE}/users/mira"
KAI = "https://reef.example/users/kai"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def _note(**fields: Any) -> vocab.Post:
    return vocab.parse_post({"id": f"{BASE}/1", "type": "Note", "attributedTo": ME, "content": "<p>Hi</p>"} | fields)


OURS = render.NoteOut(
    id=f"{ME}/statuses/1",
    attributed_to=ME,
    content="<p>Good morning</p>",
    published=AT,
    updated=AT + timedelta(hours=1),
    to=(PUBLIC,),
    cc=(f"{ME}/followers", KAI),
    language="en",
    translations={"zh-Hans": "<p>早安</p>", "de": "<p>Guten Morgen</p>"},
    summary="greeting",
    summaries={"zh-Hans": "问候"},
    versions=(Version("zh-Hans", (f"{BASE}/actor",), name="Cloud"),),
    sensitive=True,
    url=f"{BASE}/@mira/1",
    in_reply_to="https://reef.example/notes/1",
    source="Good morning",
    attachments=(
        render.MediaOut(
            f"{BASE}/1.png",
            "image/png",
            "A quay",
            640,
            480,
            "U5SY?Z00nOxu7ORP.8-pU^kVS#NG",
            (0.5, -0.25),
            descriptions={"zh-Hans": "码头"},
        ),
    ),
    mentions=(render.MentionOut(KAI, "@kai@reef.example"),),
    hashtags=(HashtagOut("sea", f"{BASE}/tags/sea"),),
    emojis=(EmojiOut(f"{BASE}/emojis/a", "anchor", ImageOut(f"{BASE}/a.png", "image/png"), AT),),
    replies=f"{ME}/statuses/1/replies",
    likes=f"{ME}/statuses/1/likes",
    likes_count=3,
)
POLL = render.PollOut((("Yes", 2), ("No", 1)), True, AT + timedelta(days=1), 3, translations={"zh-Hans": ("是", "否")})
DOCUMENTS = {
    "note": render.note(OURS),
    "question": render.note(replace(OURS, poll=POLL, attachments=())),
    "create": render.create(Envelope(f"{ME}/1/activity", ME, (PUBLIC,), (KAI,), AT), render.note(OURS)),
    "follow": render.follow(Envelope(f"{ME}#follows/1", ME), KAI),
    "undo": render.undo(Envelope(f"{ME}#undo/1", ME), render.like(Envelope(f"{ME}#likes/1", ME), KAI)),
    "delete": render.delete(Envelope(f"{ME}#delete", ME, (PUBLIC,)), render.tombstone(f"{ME}/1", former_type="Note")),
    "vote": render.vote(vote_id=f"{ME}#votes/1", voter=ME, poll_id=f"{BASE}/9", poll_author=KAI, choice="Yes"),
}


def _read(document: dict[str, Any]) -> Any:
    document = vocab.plain(document)
    found = vocab.parse_activity(document) if vocab.is_activity(document) else vocab.parse_post(document)
    return _without_raw(found)


def _without_raw(found: Any) -> Any:
    if not isinstance(found, vocab.Activity):
        return found
    return replace(found, embedded=None, objects=tuple(_without_raw(one) for one in found.objects))


@pytest.mark.parametrize(("name", "spelling"), [*itertools.product(DOCUMENTS, expanding.SPELLINGS)])
def test_every_spelling_of_our_own_documents_means_the_same(name: str, spelling: Any) -> None:
    ours = DOCUMENTS[name]
    other = spelling(ours)
    assert other != ours, "the spelling is no other one"
    assert _read(other) == _read(ours)


def test_what_we_write_in_several_languages_reads_back() -> None:
    post = vocab.parse_post(DOCUMENTS["question"])
    assert (post.language, list(post.content_map or {})) == ("en", ["en", "zh-Hans", "de"])
    assert post.content == (post.content_map or {})["en"]
    assert post.summary_map == {"en": "greeting", "zh-Hans": "问候"}
    assert post.poll
    assert [option.names for option in post.poll.options] == [
        {"en": "Yes", "zh-Hans": "是"},
        {"en": "No", "zh-Hans": "否"},
    ]
    note = vocab.parse_post(DOCUMENTS["note"])
    assert note.attachments[0].descriptions == {"en": "A quay", "zh-Hans": "码头"}
    assert note.versions == (Version("zh-Hans", (f"{BASE}/actor",), ("",), None, "Cloud"),)


PERSON, GROUP = {"type": "Person", "id": ME}, {"type": "Group", "id": f"{BASE}/c/sea"}


@pytest.mark.parametrize(
    "stated",
    [
        ME,
        [ME],
        {"id": ME},
        [{"id": ME}],
        {"type": "Person", "id": ME},
        [PERSON, GROUP],
        [GROUP, PERSON],
        [ME, GROUP["id"]],
        {"@id": ME},
        [None, ME, 3],
    ],
)
def test_an_author_is_found_in_every_shape(stated: Any) -> None:
    assert (
        vocab.parse_post(vocab.plain({"id": f"{BASE}/1", "type": "Note", "attributedTo": stated})).attributed_to == ME
    )


PAGE = f"{BASE}/@mira/1"
HTML_LINK = {"type": "Link", "mediaType": "text/html", "href": PAGE}
MAGNET = {"type": "Link", "mediaType": "application/x-bittorrent;x-scheme-handler/magnet", "href": "magnet:?xt=1"}


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        (PAGE, PAGE),
        ([PAGE], PAGE),
        ({"href": PAGE, "type": "Link"}, PAGE),
        (HTML_LINK, PAGE),
        ([MAGNET, HTML_LINK], PAGE),
        ([{"type": "Link", "mediaType": "video/mp4", "href": f"{BASE}/1.mp4"}, HTML_LINK], PAGE),
        (None, None),
        ([], None),
        ("javascript:alert(1)", None),
        ({"href": "data:text/html,x"}, None),
        ([MAGNET], None),
        (["javascript:1", PAGE], PAGE),
        (7, None),
        ({"type": "Link"}, None),
        ({"@id": PAGE}, PAGE),
    ],
)
def test_the_page_of_a_post_is_found_in_every_shape(stated: Any, url: str | None) -> None:
    document = {"id": f"{BASE}/1", "type": "Note", "attributedTo": ME, "url": stated}
    assert vocab.parse_post(document).url == url


@pytest.mark.parametrize("key", ["to", "cc"])
@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (PUBLIC, (PUBLIC,)),
        ([PUBLIC, KAI], (PUBLIC, KAI)),
        (None, ()),
        ([], ()),
        ({"id": KAI}, (KAI,)),
        ([{"@id": KAI}], (KAI,)),
        ("as:Public", ("as:Public",)),
        ("Public", ("Public",)),
        ([None, 3, KAI, KAI], (KAI,)),
        (True, ()),
    ],
)
def test_recipients_are_found_in_every_shape(key: str, stated: Any, found: tuple[str, ...]) -> None:
    assert getattr(_note(**{key: stated}), key) == found


PNG = f"{BASE}/1.png"


@pytest.mark.parametrize(
    ("stated", "kinds"),
    [
        ({"type": "Document", "mediaType": "image/png", "url": PNG}, ["image"]),
        (PNG, ["image"]),
        ([PNG, PNG], ["image"]),
        ({"type": "Image", "url": f"{BASE}/file"}, ["image"]),
        ({"type": "Document", "url": f"{BASE}/1.MP4?x=1"}, ["video"]),
        ({"type": "Document", "url": f"{BASE}/1.opus#t"}, ["audio"]),
        ({"type": "Document", "url": f"{BASE}/1"}, ["unknown"]),
        ({"type": "Document", "url": f"{BASE}/1.xyz"}, ["unknown"]),
        ({"type": "Video", "href": f"{BASE}/v"}, ["video"]),
        ({"type": "Document", "url": [{"type": "Link", "href": PNG}]}, ["image"]),
        ({"type": "Document", "url": {"href": PNG}}, ["image"]),
        ({"type": "Link", "href": PNG, "mediaType": "image/png"}, ["image"]),
        ({"type": "Link", "href": "https://b.example/"}, []),
        ({"type": "Page", "url": "https://b.example/"}, []),
        ({"type": "PropertyValue", "name": "x", "value": "y"}, []),
        ({"type": ["Document", "Image"], "url": f"{BASE}/x"}, ["image"]),
        ([{"type": "Document"}, None, 3, []], []),
        ([{"type": "Document", "url": f"{BASE}/{n}.png"} for n in range(9)], ["image"] * 9),
        (None, []),
        ("javascript:1", []),
        ({"type": "Document", "mediaType": "IMAGE/PNG; charset=x", "url": f"{BASE}/x"}, ["image"]),
    ],
)
def test_attachments_are_found_in_every_shape(stated: Any, kinds: list[str]) -> None:
    assert [one.kind for one in _note(attachment=stated).attachments] == kinds


@pytest.mark.parametrize(
    "stated",
    [
        PNG,
        {"type": "Image", "url": PNG},
        [{"type": "Image", "url": PNG}],
        {"type": "Image", "url": {"href": PNG}},
        [{"url": [{"href": PNG}]}],
        {"type": "Image", "href": PNG},
        [PNG, f"{BASE}/small.png"],
    ],
)
def test_an_icon_is_found_in_every_shape(stated: Any) -> None:
    tag = {"type": "Emoji", "name": ":a:", "icon": stated}
    assert _note(tag=tag).emojis[0].url == PNG
    assert _note(image=stated).image == PNG


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ({"type": "Hashtag", "name": "#Sea"}, ("Sea",)),
        ([{"type": "Hashtag", "name": "Sea"}, {"type": "Hashtag", "name": "#sea"}], ("Sea",)),
        ({"type": "as:Hashtag", "name": "＃海"}, ("海",)),
        ([{"type": "Hashtag", "name": "two words"}], ()),
        (None, ()),
        ("sea", ()),
        ([[{"type": "Hashtag"}], {"type": "Hashtag", "name": None}, {"type": "Hashtag", "name": "#"}], ()),
    ],
)
def test_hashtags_are_found_in_every_shape(stated: Any, names: tuple[str, ...]) -> None:
    assert _note(tag=stated).hashtags == names


@pytest.mark.parametrize(
    ("fields", "content", "language"),
    [
        ({"content": "a", "contentMap": {"en": "a", "de": "b"}}, "a", "en"),
        ({"content": "b", "contentMap": {"en": "a", "de": "b"}}, "b", "de"),
        ({"content": None, "contentMap": {"de": "b"}}, "b", "de"),
        ({"contentMap": {"de": "b", "en": "a"}}, "b", "de"),
        ({"content": {"de": "b"}}, "b", "de"),
        ({"content": ["a"], "contentMap": {"en": ["a"]}}, "a", "en"),
        ({"content": "a", "contentMap": {"en": "other"}}, "a", "en"),
        ({"content": "a", "contentMap": {"en": "x", "de": "y"}}, "a", None),
        ({"content": "a", "contentMap": {"und": "a"}}, "a", None),
        ({"content": "a", "contentMap": {"not a tag": "a"}}, "a", None),
        ({"content": "a", "contentMap": ["en"]}, "a", None),
        ({"content": "a", "contentMap": {"en": {"nested": "x"}}}, "a", "en"),
        ({"content": [{"@value": "a", "@language": "en"}]}, "a", "en"),
        ({"content": 7}, "7", None),
        ({"content": "a", "language": {"identifier": "en", "name": "English"}}, "a", "en"),
        ({"content": "a", "@context": ["https://www.w3.org/ns/activitystreams", {"@language": "en"}]}, "a", "en"),
    ],
)
def test_text_and_language_are_found_in_every_shape(fields: dict[str, Any], content: str, language: str | None) -> None:
    post = vocab.parse_post(vocab.plain({"id": f"{BASE}/1", "type": "Note", "attributedTo": ME} | fields))
    assert (post.content, post.language) == (content, language)


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("2026-03-01T08:30:00Z", AT),
        ("2026-03-01T09:30:00+01:00", AT),
        ("2026-03-01T08:30:00+0000", AT),
        ("2026-03-01T08:30:00.123456789Z", AT.replace(microsecond=123456)),
        ("2026-03-01T08:30:00", AT),
        (["2026-03-01T08:30:00Z"], AT),
        ({"@value": "2026-03-01T08:30:00Z"}, AT),
        ("2026-03-01t08:30:00z", AT),
        ("1969-07-20T20:17:00Z", datetime(1969, 7, 20, 20, 17, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-13-01T00:00:00Z", None),
        ("yesterday", None),
        (1772353800, None),
        ("", None),
        ({}, None),
        (None, None),
    ],
)
def test_dates_are_read_in_every_shape(stated: Any, found: datetime | None) -> None:
    assert vocab.parse_post(vocab.plain(DOCUMENTS["vote"] | {"published": stated})).published == found


@pytest.mark.parametrize(
    ("fields", "end", "closed"),
    [
        ({"endTime": "2026-03-01T08:30:00Z"}, AT, False),
        ({"closed": "2026-03-01T08:30:00Z"}, AT, False),
        ({}, None, False),
        ({"closed": True}, None, True),
        ({"closed": "true"}, None, True),
        ({"closed": False, "endTime": None}, None, False),
        ({"closed": {"type": "Object"}}, None, False),
        ({"closed": True, "endTime": "2026-03-01T08:30:00Z"}, AT, True),
    ],
)
def test_the_end_of_a_poll_is_read_in_every_shape(fields: dict[str, Any], end: datetime | None, closed: bool) -> None:
    poll = _note(type="Question", oneOf=[{"name": "a"}, {"name": "b"}], **fields).poll
    assert poll
    assert (poll.ends_at, poll.closed) == (end, closed)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("Quay 3", "Quay 3"),
        ({"type": "Place", "name": "Quay 3"}, "Quay 3"),
        ([{"name": "Quay 3"}], "Quay 3"),
        (None, None),
        ({"type": "Place", "address": {"streetAddress": "Quay 3", "addressLocality": "Port"}}, "Quay 3, Port"),
        ({"address": "Quay 3"}, "Quay 3"),
        ({"type": "VirtualLocation", "url": PAGE}, PAGE),
        (3, "3"),
        ({}, None),
    ],
)
def test_the_place_of_an_event_is_found_in_every_shape(place: Any, shown: str | None) -> None:
    occasion = _note(type="Event", startTime="2026-03-01T08:30:00Z", location=place).occasion
    assert occasion
    assert (occasion.start, occasion.place) == (AT, shown)
