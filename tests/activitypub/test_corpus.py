"""Every payload of the shared corpus through the parsers, against what its index says must come of it.

The corpus lies beside the repository (or where FEDINOTE_SHARED says) and is never copied; without it this is skipped.
Only what can be judged from the document alone is compared: who may do what is for the handlers.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from fedinote.activitypub import quirks, vocab
from fedinote.activitypub.audience import visibility
from fedinote.activitypub.shapes import when
from fedinote.infra.errors import Malformed
from fedinote.text import emoji
from tests.support.requirements import SHARED

CORPUS = SHARED / "federation" / "corpus"

# Rows that the parsers do not yet satisfy. The list may only shrink: a row that passes makes the test fail.
NOT_YET: dict[str, str] = {
    "kroeg/announce_everything_inline.json": "the index names an object id that is nowhere in the document",
}

Row = tuple[str, dict[str, Any]]


def _rows() -> list[Row]:
    index = CORPUS / "index.tsv"
    if not index.exists():
        return []
    lines = index.read_text(encoding="utf-8").splitlines()[1:]
    cells = (line.split("\t") for line in lines)
    return [(row[0], json.loads(row[7])) for row in cells]


ROWS = _rows()
pytestmark = pytest.mark.skipif(not ROWS, reason="the shared corpus is not here")


def _document(file: str) -> dict[str, Any]:
    return vocab.decode((CORPUS / file).read_bytes())


def _check_account(document: dict[str, Any], expected: dict[str, Any]) -> None:
    if vocab.is_actor(document):
        actor = vocab.parse_actor(document)
    else:
        found = vocab.parse_activity(document).object
        assert isinstance(found, vocab.Actor)
        actor = found
    want = expected["account"]
    assert (actor.id, actor.username) == (want["uri"], want["username"])
    assert (actor.name or actor.username) == want["display_name"]
    assert (actor.bot, actor.group, actor.locked) == (want["bot"], want["group"], want["locked"])
    assert len(actor.fields) == want.get("fields", len(actor.fields))
    assert actor.icon == want.get("avatar_remote")
    assert actor.image == want.get("header_remote")
    assert actor.url == want.get("url", actor.url)
    assert actor.moved_to == want.get("moved")
    assert {emoji.shortcode for emoji in actor.emojis} >= set(want.get("emojis", ()))


def _post(document: dict[str, Any]) -> vocab.Post:
    if vocab.is_post(document):
        return vocab.parse_post(document)
    found = vocab.parse_activity(document).object
    assert isinstance(found, vocab.Post)
    return found


def _check_status(document: dict[str, Any], expected: dict[str, Any]) -> None:
    post, want = _post(document), expected["status"]
    assert post.id == want["uri"]
    assert post.attributed_to == want.get("account", post.attributed_to)
    if "visibility" in want:
        assert visibility(post.to, post.cc, f"{post.attributed_to}/followers") == want["visibility"]
    assert post.content_warning == want.get("spoiler_text", post.content_warning)
    if "sensitive" in want:
        assert (post.sensitive or bool(post.content_warning)) is (want["sensitive"] or bool(want.get("spoiler_text")))
    assert post.language == want.get("language", post.language)
    assert post.url == want.get("url", post.url)
    assert len(post.attachments) == want.get("media", len(post.attachments))
    if "media_descriptions" in want:
        assert [one.description for one in post.attachments] == want["media_descriptions"]
    _check_entities(post, want)


def _check_entities(post: vocab.Post, want: dict[str, Any]) -> None:
    assert {mention.href for mention in post.mentions} == set(want.get("mentions", ()))
    assert {tag.lower() for tag in post.hashtags} == set(want.get("tags", ()))
    assert {emoji.shortcode for emoji in post.emojis} >= set(want.get("emojis", ()))
    assert post.in_reply_to == want.get("in_reply_to")
    assert post.quote == want.get("quote")
    assert bool(post.content) or "text_starts" not in want
    assert (post.title or "").startswith(want.get("title_shown", ""))
    assert (post.type if "converted_from" in want else None) == want.get("converted_from")
    assert post.updated is not None or not want.get("edited")
    assert (post.poll is not None) == ("poll" in want)
    _check_poll(post.poll, want.get("poll"))


def _check_poll(poll: vocab.Poll | None, want: dict[str, Any] | None) -> None:
    if poll is None or want is None:
        return
    assert [option.name for option in poll.options] == want["options"]
    assert [option.votes for option in poll.options] == want["votes"]
    assert poll.multiple is want["multiple"]
    assert poll.ends_at == when(want["expires_at"])


def _activity(document: dict[str, Any], expected: dict[str, Any], *kinds: str) -> vocab.Activity:
    activity = vocab.parse_activity(document)
    assert activity.type in kinds
    assert activity.actor == expected.get("by", activity.actor)
    assert activity.object_id == expected.get("object", activity.object_id)
    assert activity.target == expected.get("target", activity.target)
    return activity


def _check_inner(document: dict[str, Any], expected: dict[str, Any], *kinds: str) -> None:
    activity = _activity(document, expected, *kinds)
    inner = activity.object
    if expected["of"] == "by id":
        assert isinstance(inner, vocab.Ref)
    else:
        assert isinstance(inner, vocab.Activity)
        assert inner.type == expected["of"]


def _check_boost(document: dict[str, Any], expected: dict[str, Any]) -> None:
    activity = _activity(document, expected, "Announce")
    if "visibility" in expected:
        assert visibility(activity.to, activity.cc, f"{activity.actor}/followers") == expected["visibility"]
    if expected.get("must_fetch"):
        assert isinstance(activity.object, vocab.Post)
        assert not quirks.same_origin(activity.object.id, activity.actor)


def _check_reaction(document: dict[str, Any], expected: dict[str, Any]) -> None:
    activity = _activity(document, expected, "Like", "EmojiReact")
    assert activity.content == expected["emoji"]
    if not emoji.is_emoji(activity.content):
        assert activity.content.strip(":") in {tag.shortcode for tag in activity.emojis}


def _check_report(document: dict[str, Any], expected: dict[str, Any]) -> None:
    activity = _activity(document, expected, "Flag")
    assert list(activity.object_ids) == expected["objects"]
    assert activity.content == expected["comment"]


def _check_votes(document: dict[str, Any], expected: dict[str, Any]) -> None:
    posts = [vocab.parse_post(document)] if vocab.is_post(document) else list(vocab.parse_activity(document).objects)
    assert len(posts) == expected.get("votes", 1)
    for vote in posts:
        assert isinstance(vote, vocab.Post)
        assert vote.is_vote
        assert vote.attributed_to == expected["by"]
        assert vote.title == expected.get("choice", vote.title)
        assert vote.in_reply_to == expected.get("poll", vote.in_reply_to)


def _check_collection(document: dict[str, Any], expected: dict[str, Any]) -> None:
    collection = vocab.parse_collection(document)
    assert list(collection.items)[: len(expected["items"]) or None] == expected["items"]
    assert (collection.total, collection.first, collection.next) == (
        expected["total"],
        expected["first"],
        expected["next"],
    )


def _check_refused(document: dict[str, Any], _expected: dict[str, Any]) -> None:
    """Either the parser refuses, or the value shows what the handler refuses it for."""
    try:
        if not document.get("actor"):
            vocab.parse_actor(document) if vocab.is_actor(document) else vocab.parse_post(document)
            pytest.fail("an essential part is missing, yet it was read")
        activity = vocab.parse_activity(document)
    except Malformed:
        return
    claimed = activity.object.attributed_to if isinstance(activity.object, vocab.Post) else activity.object_id or ""
    foreign = claimed != activity.actor or not quirks.same_origin(activity.object_id or "", activity.actor)
    bad_emoji = activity.type == "EmojiReact" and not emoji.is_emoji(activity.content)
    assert foreign or bad_emoji or "proof" in document or activity.type == "Follow"


def _check_ignored(document: dict[str, Any], _expected: dict[str, Any]) -> None:
    """Whatever it is: it parses as something that no handler takes, or it is refused cleanly."""
    try:
        if document.get("actor"):
            vocab.parse_activity(document)
        elif vocab.is_actor(document):
            vocab.parse_actor(document)
        else:
            vocab.parse_post(document)
    except Malformed:
        return


def _check_fragment(document: dict[str, Any], expected: dict[str, Any]) -> None:
    completed = {"id": "https://a.example/1", "attributedTo": "https://a.example/u", **document}
    post = vocab.parse_post(completed)
    assert (post.poll is not None) == ("poll" in expected)
    _check_poll(post.poll, expected.get("poll"))


def _check_account_fragment(document: dict[str, Any], _expected: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        vocab.parse_actor(document)
    assert vocab.parse_actor({"preferredUsername": "x", "inbox": "https://a.example/i", **document}).id


def _check_stub(document: dict[str, Any], expected: dict[str, Any]) -> None:
    assert [key.owner for key in vocab.parse_keys(document)] == [expected["owner"]]
    with pytest.raises(Malformed):
        vocab.parse_actor(document)


def _check_drafted(document: dict[str, Any], expected: dict[str, Any]) -> None:
    inner = {"id": "https://a.example/1", **document["object"]}
    post = vocab.parse_post(inner, author="https://a.example/u")
    assert post.content.startswith(expected["text_starts"])
    assert visibility(post.to, post.cc, None) == expected["visibility"]


def _check_any(document: dict[str, Any], _expected: dict[str, Any]) -> None:
    if document.get("actor"):
        assert vocab.parse_activity(document).objects
    else:
        assert vocab.parse_post(document).id


def _check_quote_request(document: dict[str, Any], _expected: dict[str, Any]) -> None:
    activity = _activity(document, {}, "QuoteRequest")
    assert activity.object_id
    assert activity.instrument
    assert activity.instrument.id


def _check_quote_answer(document: dict[str, Any], expected: dict[str, Any]) -> None:
    activity = _activity(document, expected, "Accept", "Reject")
    assert isinstance(activity.object, vocab.Activity)
    assert activity.object.type == "QuoteRequest"
    assert (activity.result is not None) == (activity.type == "Accept")


Check = Callable[[dict[str, Any], dict[str, Any]], None]


def _of_type(kind: str) -> Check:
    def check(document: dict[str, Any], expected: dict[str, Any]) -> None:
        _activity(document, expected, kind)

    return check


def _with_inner(kind: str) -> Check:
    def check(document: dict[str, Any], expected: dict[str, Any]) -> None:
        _check_inner(document, expected, kind)

    return check


CHECKS: dict[str, Check] = {
    "account": _check_account,
    "account_update": _check_account,
    "account_fragment": _check_account_fragment,
    "accept_follow": _with_inner("Accept"),
    "reject_follow": _with_inner("Reject"),
    "block": _of_type("Block"),
    "boost": _check_boost,
    "c2s_create": _check_drafted,
    "collection": _check_collection,
    "conversation_container": _check_any,
    "delete": _of_type("Delete"),
    "delete_account": _of_type("Delete"),
    "favourite": _of_type("Like"),
    "follow": _of_type("Follow"),
    "fragment": _check_fragment,
    "group_forward": _with_inner("Announce"),
    "ignore": _check_ignored,
    "ignore_unless_supported": _check_any,
    "key_stub": _check_stub,
    "move": _of_type("Move"),
    "poll_vote": _check_votes,
    "proof_shape_only": _check_any,
    "proof_valid": _check_any,
    "quote_accept": _check_quote_answer,
    "quote_reject": _check_quote_answer,
    "quote_request": _check_quote_request,
    "reaction": _check_reaction,
    "refuse": _check_refused,
    "relay_announce": _check_any,
    "report": _check_report,
    "status": _check_status,
    "status_edit": _check_status,
    "undo": _with_inner("Undo"),
}


def _parameters() -> list[Any]:
    marks = {file: [pytest.mark.xfail(reason=reason, strict=True)] for file, reason in NOT_YET.items()}
    return [pytest.param(*row, id=row[0], marks=marks.get(row[0], [])) for row in ROWS]


@pytest.mark.parametrize(("file", "expected"), _parameters())
def test_a_payload_of_the_corpus_means_what_the_index_says(file: str, expected: dict[str, Any]) -> None:
    CHECKS[expected["do"]](_document(file), expected)


def test_every_row_that_is_not_yet_handled_exists() -> None:
    assert set(NOT_YET) <= {file for file, _ in ROWS}
