from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fedinote.activitypub import vocab
from fedinote.infra.errors import Malformed

Reader = Callable[[str], dict[str, Any]]
MINIMAL = {"id": "https://a.example/1", "type": "Note", "attributedTo": "https://a.example/u", "content": "<p>Hi</p>"}


def test_a_full_note_is_read(document: Reader) -> None:
    post = vocab.parse_post(document("note_full"))
    assert (post.id, post.attributed_to) == (
        "https://harbour.example/users/mira/statuses/9",
        "https://harbour.example/users/mira",
    )
    assert (post.content_warning, post.sensitive) == ("low tide", True)
    assert post.published == datetime(2024, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)
    assert (post.to, post.in_reply_to) == (("as:Public",), "https://reef.example/notes/1")
    assert (post.likes_count, post.shares_count, post.replies_count) == (12, 3, None)
    assert post.replies == "https://harbour.example/users/mira/statuses/9/replies"
    assert post.source == vocab.Source("Schau, @kai@reef.example", "text/markdown")
    assert post.hashtags == ("Ebbe",)
    assert [mention.href for mention in post.mentions] == ["https://reef.example/users/kai"]
    assert (post.emojis[0].shortcode, post.emojis[0].updated) == ("anchor", None)


def test_the_language_is_that_of_the_equal_translation(document: Reader) -> None:
    assert vocab.parse_post(document("note_full")).language == "de"


def test_attachments_keep_what_was_said_of_them(document: Reader) -> None:
    picture, video, audio = vocab.parse_post(document("note_full")).attachments
    assert (picture.kind, picture.description, picture.focus) == ("image", "A quay at low tide", (-0.5, 0.25))
    assert (picture.width, picture.height, picture.blurhash) == (640, 480, "U5SY?Z00nOxu7ORP.8-pU^kVS#NG")
    assert (video.kind, video.duration, video.thumbnail, video.description) == (
        "video",
        62.5,
        "https://harbour.example/files/2.jpg",
        None,
    )
    assert (audio.kind, audio.media_type, audio.description) == ("audio", "audio/mpeg", "Gulls")


def test_a_link_among_the_attachments_is_a_card_and_no_file(document: Reader) -> None:
    assert [link.href for link in vocab.parse_post(document("note_full")).links] == ["https://tides.example/today"]


def test_several_forms_of_one_quote_are_one_quote(document: Reader) -> None:
    post = vocab.parse_post(document("note_full"))
    assert (post.quote, post.quote_authorization) == ("https://reef.example/notes/2", "https://reef.example/stamps/4")


def test_who_may_quote_is_read(document: Reader) -> None:
    policy = vocab.parse_post(document("note_full")).policy
    assert policy
    assert policy.can_quote == vocab.Rule(("https://harbour.example/users/mira/followers",), ("as:Public",))


@pytest.mark.parametrize("key", ["quote", "quoteUri", "quoteUrl", "quoteURL", "_misskey_quote"])
def test_every_legacy_quote_property_is_read(key: str) -> None:
    assert vocab.parse_post({**MINIMAL, key: "https://b.example/2"}).quote == "https://b.example/2"


def test_a_quote_that_is_html_is_not_a_quote() -> None:
    assert vocab.parse_post({**MINIMAL, "quote": "<p>To be</p>"}).quote is None


def test_a_post_that_quotes_itself_quotes_nothing() -> None:
    assert vocab.parse_post({**MINIMAL, "quoteUrl": "https://a.example/1"}).quote is None


def test_an_object_link_that_quotes_is_told_from_a_mere_reference() -> None:
    link = {"type": "Link", "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}
    url = "https://b.example/2"
    assert vocab.parse_post({**MINIMAL, "tag": [{**link, "href": url, "name": f"RE: {url}"}]}).quote == url
    assert vocab.parse_post({**MINIMAL, "tag": {**link, "href": url, "name": "#12"}}).quote is None


def test_an_expanded_document_reads_like_a_compact_one(document: Reader) -> None:
    post = vocab.parse_post(document("note_expanded"))
    assert (post.id, post.type, post.attributed_to) == (
        "https://harbour.example/notes/3",
        "Note",
        "https://harbour.example/users/mira",
    )
    assert (post.content, post.language) == ("<p>Ahoi</p>", "de")
    assert post.content_map == {"de": "<p>Ahoi</p>", "en": "<p>Ahoy</p>"}
    assert post.published == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert post.sensitive
    assert (post.attachments[0].url, post.attachments[0].focus) == ("https://harbour.example/files/1.png", (0.5, 0.25))
    assert post.mentions == (vocab.Mention("https://reef.example/users/kai", "@kai"),)


def test_a_poll_with_its_end_in_closed_is_open_until_then(document: Reader) -> None:
    poll = vocab.parse_post(document("question_multiple")).poll
    assert poll
    assert poll.options == (vocab.PollOption("Bowline", 4), vocab.PollOption("Clove hitch", 3))
    assert (poll.multiple, poll.voters, poll.closed) == (True, 5, False)
    assert poll.ends_at == datetime(2024, 3, 8, 10, 0, 0, 500_000, tzinfo=UTC)


def test_a_poll_that_says_closed_is_closed_and_one_without_an_end_never_ends() -> None:
    question = {**MINIMAL, "type": "Question", "oneOf": {"type": "Note", "name": "Only"}}
    closed, endless = vocab.parse_post({**question, "closed": True}).poll, vocab.parse_post(question).poll
    assert closed
    assert closed.closed
    assert endless
    assert (endless.closed, endless.ends_at, endless.multiple) == (False, None, False)


def test_a_poll_has_at_most_500_options() -> None:
    options = [{"name": str(number)} for number in range(900)]
    poll = vocab.parse_post({**MINIMAL, "type": "Question", "oneOf": options}).poll
    assert poll
    assert len(poll.options) == 500


def test_a_video_belongs_to_its_person_and_links_to_its_page(document: Reader) -> None:
    post = vocab.parse_post(document("video_page"))
    assert post.attributed_to == "https://tube.example/accounts/sten"
    assert post.authors == ("https://tube.example/video-channels/ropes", "https://tube.example/accounts/sten")
    assert (post.url, post.title, post.content_type) == ("https://tube.example/w/1", "Splicing rope", "text/markdown")
    assert (post.content_warning, post.summary, post.hashtags) == ("", "An excerpt", ("rope",))
    assert (post.attachments, post.image) == ((), "https://tube.example/thumb.jpg")
    assert post.replies == "https://tube.example/videos/watch/1/comments"


def test_a_page_without_name_and_content_has_its_title_in_the_summary() -> None:
    page = {"id": "https://a.example/1", "type": "Page", "attributedTo": "https://a.example/u", "summary": "Old title"}
    assert vocab.parse_post(page).title == "Old title"


def test_a_text_that_is_only_in_content_map_is_read_with_its_language() -> None:
    post = vocab.parse_post({**MINIMAL, "content": None, "contentMap": {"pt-BR": "<p>Oi</p>"}})
    assert (post.content, post.language) == ("<p>Oi</p>", "pt-BR")


@pytest.mark.parametrize("language", ["und", "not a language", "x" * 50, ""])
def test_a_tag_that_is_no_language_is_unknown(language: str) -> None:
    assert vocab.parse_post({**MINIMAL, "contentMap": {language: "<p>Hi</p>"}}).language is None


def test_a_language_in_the_context_is_read() -> None:
    assert vocab.parse_post({**MINIMAL, "@context": ["x", {"@language": "nn"}]}).language == "nn"


def test_a_note_with_a_name_and_a_parent_but_no_text_is_a_vote() -> None:
    vote = {"id": "https://a.example/1", "type": "Note", "attributedTo": "https://a.example/u", "name": "Yes"}
    assert vocab.parse_post({**vote, "inReplyTo": "https://b.example/q"}).is_vote
    assert not vocab.parse_post({**vote, "inReplyTo": "https://b.example/q", "content": "x"}).is_vote
    assert not vocab.parse_post(vote).is_vote


@pytest.mark.parametrize("missing", ["id", "type", "attributedTo"])
def test_a_post_that_cannot_be_placed_is_refused(missing: str) -> None:
    with pytest.raises(Malformed):
        vocab.parse_post({key: value for key, value in MINIMAL.items() if key != missing})


def test_the_actor_of_a_create_stands_in_for_a_missing_author() -> None:
    anonymous = {key: value for key, value in MINIMAL.items() if key != "attributedTo"}
    assert vocab.parse_post(anonymous, author="https://a.example/u").attributed_to == "https://a.example/u"


@pytest.mark.parametrize(
    "key", ["to", "tag", "attachment", "url", "contentMap", "replies", "source", "interactionPolicy"]
)
@pytest.mark.parametrize("value", [None, 7, True, "x", [], {}, [None, 7], [[]], {"type": 3}, {"first": []}])
def test_a_wrong_value_in_what_is_not_essential_is_left_out(key: str, value: Any) -> None:
    assert vocab.parse_post({**MINIMAL, key: value}).content == "<p>Hi</p>"


def test_an_event_has_its_time_and_place() -> None:
    event = {
        **MINIMAL,
        "type": "Event",
        "startTime": "2024-05-01T18:00:00Z",
        "location": {"type": "Place", "name": "Quay 3"},
    }
    assert vocab.parse_post(event).occasion == vocab.Occasion(datetime(2024, 5, 1, 18, tzinfo=UTC), None, "Quay 3")
