from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from fedinote.activitypub import render, vocab
from fedinote.activitypub.audience import PUBLIC, addressing, visibility

ANN = "https://a.example/users/ann"
BEN = "https://b.example/users/ben"
AT = datetime(2024, 5, 1, 12, 30, 15, 250_000, tzinfo=UTC)
PICTURE = render.ImageOut("https://a.example/files/a.png", "image/png", "Ann waving")
EMOJI = render.EmojiOut("https://a.example/emojis/1", "wave", PICTURE, AT)
TO, CC = addressing("public", f"{ANN}/followers", [BEN])
NOTE = render.NoteOut(
    id=f"{ANN}/notes/1",
    attributed_to=ANN,
    content="<p>Hallo @ben</p>",
    published=AT,
    to=TO,
    cc=CC,
    language="de",
    translations={"en": "<p>Hello @ben</p>", "de": "<p>falsch</p>"},
    summary="Gruß",
    sensitive=True,
    updated=AT + timedelta(milliseconds=300),
    url="https://a.example/@ann/1",
    in_reply_to=f"{BEN}/notes/7",
    conversation="tag:a.example,2024:1",
    source="Hallo @ben",
    attachments=(
        render.MediaOut(
            "https://a.example/f.png", "image/png", "A quay", 640, 480, "U5SY?Z00nOxu7ORP", (0.5, -0.5), PICTURE
        ),
    ),
    mentions=(render.MentionOut(BEN, "@ben@b.example"),),
    hashtags=(render.HashtagOut("Ebbe", "https://a.example/tags/ebbe"),),
    emojis=(EMOJI,),
    quote=f"{BEN}/notes/8",
    quote_authorization="https://b.example/stamps/1",
    automatic=(PUBLIC,),
    replies=f"{ANN}/notes/1/replies",
    likes=f"{ANN}/notes/1/likes",
    likes_count=4,
    shares=f"{ANN}/notes/1/shares",
    shares_count=2,
)
ENVELOPE = render.Envelope("https://a.example/activities/1", ANN, TO, CC, AT)


def _over_the_wire(document: dict[str, Any]) -> dict[str, Any]:
    return vocab.decode(msgspec.json.encode(document))


def test_a_note_reads_back_as_it_was_written() -> None:
    post = vocab.parse_post(_over_the_wire(render.note(NOTE)))
    assert (post.id, post.attributed_to, post.content, post.language) == (NOTE.id, ANN, NOTE.content, "de")
    assert visibility(post.to, post.cc, f"{ANN}/followers") == "public"
    assert (post.published, post.updated) == (AT, NOTE.updated)
    assert (post.content_warning, post.sensitive, post.in_reply_to) == ("Gruß", True, NOTE.in_reply_to)
    assert (post.quote, post.quote_authorization) == (NOTE.quote, NOTE.quote_authorization)
    assert post.policy
    assert post.policy.can_quote == vocab.Rule((PUBLIC,), ())
    assert (post.likes_count, post.shares_count, post.replies) == (4, 2, NOTE.replies)
    assert (post.hashtags, [emoji.shortcode for emoji in post.emojis]) == (("Ebbe",), ["wave"])
    assert post.source == vocab.Source("Hallo @ben", "text/plain")
    file = post.attachments[0]
    assert (file.description, file.width, file.focus, file.thumbnail) == ("A quay", 640, (0.5, -0.5), PICTURE.url)


def test_the_authors_language_comes_first_and_is_the_content_itself() -> None:
    translations = render.note(NOTE)["contentMap"]
    assert list(translations) == ["de", "en"]
    assert translations["de"] == NOTE.content


def test_a_post_without_a_language_has_no_content_map() -> None:
    plain = render.NoteOut(id=NOTE.id, attributed_to=ANN, content="x", published=AT, to=(), cc=())
    document = render.note(plain)
    assert "contentMap" not in document
    assert (document["summary"], document["inReplyTo"], document["attachment"]) == (None, None, [])


@pytest.mark.parametrize(("multiple", "key"), [(True, "anyOf"), (False, "oneOf")])
def test_a_poll_is_a_question_and_reads_back(multiple: bool, key: str) -> None:
    poll = render.PollOut((("Yes", 3), ("No", 1)), multiple, AT, 4, closed=AT)
    document = render.note(
        render.NoteOut(id=NOTE.id, attributed_to=ANN, content="?", published=AT, to=TO, cc=(), poll=poll)
    )
    assert document["type"] == "Question"
    assert key in document
    found = vocab.parse_post(_over_the_wire(document)).poll
    assert found
    assert [(option.name, option.votes) for option in found.options] == [("Yes", 3), ("No", 1)]
    assert (found.multiple, found.ends_at, found.voters) == (multiple, AT, 4)


def test_a_vote_reads_back_as_a_vote() -> None:
    document = render.vote(vote_id=f"{ANN}#votes/1", voter=ANN, poll_id=f"{BEN}/q/1", poll_author=BEN, choice="Yes")
    vote = vocab.parse_post(_over_the_wire(document))
    assert vote.is_vote
    assert (vote.title, vote.to, vote.in_reply_to) == ("Yes", (BEN,), f"{BEN}/q/1")


def test_an_actor_reads_back_as_it_was_written(rsa_pems: tuple[str, str]) -> None:
    account = render.ActorOut(
        id=ANN,
        username="ann",
        key_id=f"{ANN}#main-key",
        public_key_pem=rsa_pems[1],
        inbox=f"{ANN}/inbox",
        name="Ann :wave:",
        summary="<p>Hi</p>",
        url="https://a.example/@ann",
        outbox=f"{ANN}/outbox",
        followers=f"{ANN}/followers",
        following=f"{ANN}/following",
        featured=f"{ANN}/featured",
        shared_inbox="https://a.example/inbox",
        icon=PICTURE,
        fields=(("Site", "<a href='https://x.example'>x</a>"),),
        emojis=(EMOJI,),
        multikeys=(render.MultikeyOut(f"{ANN}#ed", "z6MkTest"),),
        locked=True,
        discoverable=True,
        also_known_as=(BEN,),
        moved_to=BEN,
        published=AT,
    )
    actor = vocab.parse_actor(_over_the_wire(render.actor(account)))
    assert (actor.id, actor.username, actor.name, actor.summary) == (ANN, "ann", "Ann :wave:", "<p>Hi</p>")
    assert (actor.shared_inbox, actor.followers, actor.featured) == (
        account.shared_inbox,
        account.followers,
        account.featured,
    )
    assert (actor.locked, actor.discoverable, actor.indexable) == (True, True, False)
    assert actor.keys == (vocab.PublicKey(f"{ANN}#main-key", ANN, rsa_pems[1]),)
    assert actor.multikeys == (vocab.Multikey(f"{ANN}#ed", ANN, "z6MkTest"),)
    assert (actor.icon, actor.fields, actor.also_known_as, actor.moved_to) == (PICTURE.url, account.fields, (BEN,), BEN)
    assert actor.published == datetime(2024, 5, 1, tzinfo=UTC)


def test_a_suspended_actor_keeps_its_key_and_loses_its_texts(rsa_pems: tuple[str, str]) -> None:
    account = render.ActorOut(
        id=ANN,
        username="ann",
        key_id=f"{ANN}#k",
        public_key_pem=rsa_pems[1],
        inbox=f"{ANN}/inbox",
        name="Ann",
        suspended=True,
    )
    actor = vocab.parse_actor(_over_the_wire(render.actor(account)))
    assert (actor.suspended, actor.name, len(actor.keys)) == (True, "", 1)


def test_the_instance_actor_is_an_application_named_after_its_host(rsa_pems: tuple[str, str]) -> None:
    document = render.instance_actor(
        actor_id="https://a.example/actor",
        host="a.example",
        key_id="https://a.example/actor#main-key",
        public_key_pem=rsa_pems[1],
        about_url="https://a.example/about",
    )
    actor = vocab.parse_actor(_over_the_wire(document))
    assert (actor.type, actor.username, actor.bot) == ("Application", "a.example", True)


FOLLOW = render.follow(render.Envelope("https://b.example/follows/1", BEN), ANN)


@pytest.mark.parametrize(
    ("document", "kind", "object_id"),
    [
        (render.create(ENVELOPE, render.note(NOTE)), "Create", NOTE.id),
        (render.update(ENVELOPE, render.note(NOTE)), "Update", NOTE.id),
        (render.delete(ENVELOPE, render.tombstone(NOTE.id, former_type="Note", deleted=AT)), "Delete", NOTE.id),
        (render.delete_actor(ENVELOPE), "Delete", ANN),
        (FOLLOW, "Follow", ANN),
        (render.accept(ENVELOPE, FOLLOW), "Accept", "https://b.example/follows/1"),
        (render.reject(ENVELOPE, FOLLOW), "Reject", "https://b.example/follows/1"),
        (render.undo(ENVELOPE, render.like(ENVELOPE, BEN)), "Undo", ENVELOPE.id),
        (render.like(ENVELOPE, f"{BEN}/1"), "Like", f"{BEN}/1"),
        (render.react(ENVELOPE, f"{BEN}/1", ":wave:", EMOJI), "Like", f"{BEN}/1"),
        (render.announce(ENVELOPE, f"{BEN}/1"), "Announce", f"{BEN}/1"),
        (render.add(ENVELOPE, NOTE.id, f"{ANN}/featured"), "Add", NOTE.id),
        (render.remove(ENVELOPE, NOTE.id, f"{ANN}/featured"), "Remove", NOTE.id),
        (render.block(ENVELOPE, BEN), "Block", BEN),
        (render.flag(ENVELOPE, BEN, [f"{BEN}/1"], "spam"), "Flag", BEN),
        (render.move(ENVELOPE, BEN), "Move", ANN),
        (render.quote_request(ENVELOPE, f"{BEN}/1", render.note(NOTE)), "QuoteRequest", f"{BEN}/1"),
    ],
)
def test_every_activity_reads_back(document: dict[str, Any], kind: str, object_id: str) -> None:
    activity = vocab.parse_activity(_over_the_wire(document))
    assert (activity.type, activity.object_id) == (kind, object_id)
    assert activity.id
    assert document["@context"]
    assert str(document).count("'@context'") == 1


def test_an_accept_embeds_the_whole_follow() -> None:
    assert render.accept(ENVELOPE, FOLLOW)["object"] == {
        key: value for key, value in FOLLOW.items() if key != "@context"
    }


def test_an_accepted_quote_carries_its_stamp() -> None:
    request = render.quote_request(ENVELOPE, f"{BEN}/1", render.note(NOTE))
    activity = vocab.parse_activity(
        _over_the_wire(render.accept(ENVELOPE, request, result="https://a.example/stamps/1"))
    )
    assert activity.result == "https://a.example/stamps/1"
    stamp = render.quote_authorization(
        stamp_id="https://a.example/stamps/1", author=ANN, quoting=f"{BEN}/2", quoted=NOTE.id
    )
    assert (stamp["interactingObject"], stamp["interactionTarget"]) == (f"{BEN}/2", NOTE.id)


def test_blind_recipients_are_never_written() -> None:
    sent = render.create(ENVELOPE, {**render.note(NOTE), "bto": [BEN], "bcc": [BEN]})
    assert not {"bto", "bcc"} & set(sent["object"])


def test_a_report_names_the_account_first() -> None:
    assert render.flag(ENVELOPE, BEN, [f"{BEN}/1"], "spam")["object"] == [BEN, f"{BEN}/1"]


def test_collections_and_pages_read_back() -> None:
    outbox = vocab.parse_collection(
        _over_the_wire(render.collection(f"{ANN}/outbox", total=2, first=f"{ANN}/outbox?page=true"))
    )
    assert (outbox.total, outbox.first, outbox.is_page) == (2, f"{ANN}/outbox?page=true", False)
    page = render.collection_page(
        f"{ANN}/outbox?page=true",
        part_of=f"{ANN}/outbox",
        items=[NOTE.id, render.note(NOTE)],
        next_page=f"{ANN}/outbox?p=2",
    )
    found = vocab.parse_collection(_over_the_wire(page))
    assert (found.items, len(found.embedded), found.next, found.is_page) == ((NOTE.id,), 1, f"{ANN}/outbox?p=2", True)


def test_hidden_followers_are_counted_only() -> None:
    assert set(render.collection(f"{ANN}/followers", total=9)) == {"@context", "id", "type", "totalItems"}


def test_times_are_utc_and_two_edits_within_a_second_differ() -> None:
    assert render.instant(datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))) == "2024-05-01T10:00:00Z"
    assert render.instant(AT) == "2024-05-01T12:30:15.250Z"


def _terms(context: Any) -> set[str]:
    return {term for entry in context if isinstance(entry, dict) for term in entry}


def test_every_extension_that_a_note_uses_is_defined_in_its_context() -> None:
    extensions = {"blurhash", "focalPoint", "Emoji", "Hashtag", "sensitive", "atomUri", "conversation", "votersCount"}
    extensions |= {
        "quote",
        "quoteUrl",
        "quoteUri",
        "_misskey_quote",
        "quoteAuthorization",
        "interactionPolicy",
        "canQuote",
    }
    assert extensions <= _terms(render.note(NOTE)["@context"])
