"""The methods of Mastodon.py that people's apps call, against a running server, one area after another."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from tests.clients.mastodon_py import PASSWORD, Client, Listener, client, close, mastodon, picture
from tests.support.process import ServerProcess

TAG = "longjing"


@pytest.fixture(scope="module")
def alice(server: ServerProcess) -> Client:
    return client(server, "alice")


@pytest.fixture(scope="module")
def bob(server: ServerProcess) -> Client:
    return client(server, "bob")


@pytest.fixture(scope="module")
def olive(server: ServerProcess) -> Client:
    server.user("olive", role="owner")
    return client(server, "olive")


@pytest.fixture(scope="module")
def nobody(server: ServerProcess) -> Client:
    return client(server, "")


def test_a_stranger_learns_about_the_server(nobody: Client) -> None:
    assert nobody.instance().api_versions.mastodon >= 10
    assert nobody.instance_v1().uri == nobody.instance_v2().domain
    assert len(nobody.instance_activity()) == 12
    assert nobody.instance_peers() == nobody.instance_domain_blocks() == []
    assert nobody.instance_rules()[0].text
    assert nobody.instance_health()
    assert nobody.instance_nodeinfo().software.name == "fedinote"
    assert nobody.instance_languages()
    assert nobody.instance_extended_description().content
    assert nobody.instance_translation_languages() is not None
    with pytest.raises(mastodon.MastodonNotFoundError):  # nobody wrote any
        nobody.instance_terms_of_service()
    assert nobody.oauth_authorization_server_info().token_endpoint
    assert nobody.get_approx_server_time()
    assert nobody.stream_healthy()
    assert nobody.retrieve_mastodon_version() == "4.6.0"
    assert nobody.verify_minimum_version("4.6.0")
    assert nobody.get_supported_version()
    assert nobody.custom_emojis() == []
    nobody.directory(local=True)
    for found in (nobody.trends(), nobody.trending_tags(), nobody.trending_statuses(), nobody.trending_links()):
        assert isinstance(found, list)
    assert nobody.timeline_is_available("public")
    nobody.clear_caches()


def test_an_app_is_registered_and_its_token_revoked(server: ServerProcess, alice: Client) -> None:
    key, secret = mastodon.Mastodon.create_app("walk", api_base_url=server.base_url, scopes=["read", "write"])
    app = mastodon.Mastodon(client_id=key, client_secret=secret, api_base_url=server.base_url)
    assert "/oauth/authorize" in app.auth_request_url(scopes=["read"], allow_http=True)
    app.set_language("de")
    with pytest.raises(mastodon.MastodonIllegalArgumentError):
        app.log_in(code="wrong", allow_http=True)
    with pytest.raises(mastodon.MastodonIllegalArgumentError):  # sign-ups are closed
        app.create_account("newcomer", PASSWORD, "new@mail.example", agreement=True, scopes=["read", "write"])
    assert alice.app_verify_credentials().name
    with pytest.raises(mastodon.MastodonIllegalArgumentError):  # the library wants https for that
        alice.oauth_userinfo()
    with pytest.raises(mastodon.MastodonAPIError):  # there is no e-mail to confirm
        alice.email_resend_confirmation()
    short = mastodon.Mastodon(
        client_id=key, client_secret=secret, access_token=server.token("alice"), api_base_url=server.base_url
    )
    assert short.persistable_login_credentials()
    with contextlib.suppress(mastodon.MastodonAPIError):  # the token is another app's
        short.revoke_access_token(allow_http=True)


def test_people_are_followed_muted_blocked_and_noted(alice: Client, bob: Client, olive: Client) -> None:
    him, her = bob.me(), olive.me()
    assert alice.account_verify_credentials().id == alice.account(alice.me()).id
    assert len(alice.accounts([him, her])) == 2
    assert alice.account_lookup("bob").id == alice.account_search("bo")[0].id == him.id
    assert alice.account_follow(him, notify=True).notifying
    bob.account_follow(alice.me())
    assert alice.account_relationships([him])[0].followed_by
    assert alice.account_familiar_followers([him.id])[0].accounts == []
    assert [one.acct for one in alice.account_followers(him)] == ["alice"]
    assert [one.acct for one in alice.account_following(alice.me())] == ["bob"]
    assert alice.account_lists(him) == alice.account_featured_tags(him) == []
    assert alice.account_note_set(him, "kind").note == "kind"
    assert alice.account_endorse(him).endorsed
    assert [one.acct for one in alice.endorsements()] == ["bob"]
    assert not alice.account_unendorse(him).endorsed
    assert alice.account_pin(him).endorsed
    assert not alice.account_unpin(him).endorsed
    assert alice.account_mute(her, duration=600).muting
    assert [one.acct for one in alice.mutes()] == ["olive"]
    assert not alice.account_unmute(her).muting
    assert alice.account_block(her).blocking
    assert [one.acct for one in alice.blocks()] == ["olive"]
    assert not alice.account_unblock(her).blocking
    assert not alice.account_remove_from_followers(him).followed_by
    alice.domain_block("bad.example")
    assert alice.domain_blocks() == ["bad.example"]
    alice.domain_unblock("bad.example")
    assert not alice.account_unfollow(him).following
    alice.account_follow(him)
    bob.account_follow(alice.me())


def test_the_profile_is_changed_by_both_ways(alice: Client, bob: Client, olive: Client) -> None:
    alice.account_update_credentials(
        display_name="Alice", note="tea", avatar=picture(), avatar_mime_type="image/png", header=picture("red"),
        header_mime_type="image/png", fields=[("a", "b")], default_language="en", avatar_description="blue",
        header_description="red",
    )  # fmt: skip
    assert (alice.me().avatar_description, alice.me().fields[0].name) == ("blue", "a")
    assert alice.profile().header_description == "red"
    assert alice.profile_update(display_name="Alice T", fields=[("c", "d")], show_media=True).display_name == "Alice T"
    assert alice.account_delete_avatar().avatar.endswith("/static/img/avatar.png")
    assert alice.account_delete_header().header.endswith("/static/img/header.png")
    assert alice.preferences()["posting:default:language"] == "en"
    for one in (bob, olive):
        assert one.account_update_credentials(discoverable=True).discoverable
    assert alice.account_update_credentials(locked=True).locked
    bob.account_unfollow(alice.me())
    for answer in (alice.follow_request_authorize, alice.follow_request_reject):
        bob.account_follow(alice.me())
        assert [one.acct for one in alice.follow_requests()] == ["bob"]
        answer(bob.me())
        bob.account_unfollow(alice.me())
    alice.account_update_credentials(locked=False)
    bob.account_follow(alice.me())


def test_a_post_lives_its_whole_life(alice: Client, bob: Client) -> None:
    file = alice.media_post(picture(), "image/png", description="d", focus=(0, 0))
    assert alice.media_update(file, description="dd").description == alice.media(file).description == "dd"
    post = alice.status_post(
        f"hello #{TAG}", media_ids=[file], idempotency_key="once", spoiler_text="cw", language="en"
    )
    assert alice.status_post("hello", idempotency_key="once").id == post.id
    change = alice.generate_media_edit_attributes(file, description="new words")
    edited = alice.status_update(post, "hello again", spoiler_text="cw", media_attributes=[change])
    assert edited.media_attachments[0].description == "new words"
    assert len(alice.status_history(post)) == 2
    assert alice.status_source(post).text == "hello again"
    assert [one.id for one in bob.statuses([post])] == [bob.status(post).id]
    answer = bob.status_reply(post, "me too")
    assert [one.id for one in alice.status_context(post).descendants] == [answer.id]
    for do, undo, listed in (
        (bob.status_favourite, bob.status_unfavourite, bob.favourites),
        (bob.status_bookmark, bob.status_unbookmark, bob.bookmarks),
    ):
        do(post)
        assert [one.id for one in listed()] == [post.id]
        undo(post)
        assert listed() == []
    bob.status_favourite(post)
    assert bob.status_reblog(post).reblog.id == post.id
    assert [one.acct for one in alice.status_favourited_by(post)] == ["bob"]
    assert [one.acct for one in alice.status_reblogged_by(post)] == ["bob"]
    assert not bob.status_unreblog(post).reblogged
    assert alice.status_mute(post).muted
    assert not alice.status_unmute(post).muted
    assert alice.status_pin(post).pinned
    assert [one.id for one in alice.account_statuses(alice.me(), pinned=True)] == [post.id]
    assert not alice.status_unpin(post).pinned
    assert alice.status_delete(alice.toot("bye")).text == "bye"
    with pytest.raises(mastodon.MastodonAPIError):  # the server has no translation engine
        alice.status_translate(post, "de")


def test_quotes_polls_and_plans(alice: Client, bob: Client) -> None:
    post = alice.status_post("quote me")
    quoting = bob.status_post("this", quoted_status_id=post.id)
    assert quoting.quote.state == "accepted"
    assert [one.id for one in alice.status_quotes(post)] == [quoting.id]
    assert alice.status_quote_revoke(post, quoting).quote.state == "revoked"
    assert alice.status_update_quote_approval_policy(post, "nobody").quote_approval.automatic == []
    asked = alice.status_post("?", poll=alice.make_poll(["a", "b"], 600))
    bob.poll_vote(asked.poll, [0])
    assert bob.poll(asked.poll).voted
    due = datetime.now(UTC) + timedelta(hours=1)
    plan = alice.status_post("later", scheduled_at=due)
    assert alice.scheduled_status_update(plan, due + timedelta(hours=1)).scheduled_at > due
    assert [one.id for one in alice.scheduled_statuses()] == [alice.scheduled_status(plan).id]
    alice.scheduled_status_delete(plan)


def test_timelines_and_their_pages(alice: Client) -> None:
    made = [alice.status_post(f"number {number} #{TAG}") for number in range(5)]
    newest = [one.id for one in reversed(made)]
    for read in (alice.timeline_home, alice.timeline_local, alice.timeline_public, alice.timeline):
        assert [one.id for one in read(limit=5)] == newest
    assert [one.id for one in alice.timeline_hashtag(TAG, limit=5)] == newest
    assert alice.timeline_link("https://example.com/") == []  # nobody links to it
    page = alice.account_statuses(alice.me(), limit=2)
    assert [one.id for one in alice.fetch_next(page)] == newest[2:4]
    assert [one.id for one in alice.fetch_previous(alice.fetch_next(page))] == newest[:2]
    assert [one.id for one in alice.fetch_remaining(page)][:5] == newest
    assert [one.id for one in islice(alice.pagination_iterator(page), 5)] == newest
    assert len(list(islice(alice.pagination_page_iterator(page), 2))) == 2
    assert alice.get_pagination_info(page, "next")
    alice.markers_set(["home"], [made[-1]])
    assert alice.markers_get("home").home.last_read_id == made[-1].id


def test_lists_filters_and_tags(alice: Client, bob: Client) -> None:
    made = alice.list_create("friends", replies_policy="list", exclusive=False)
    assert [one.id for one in alice.lists()] == [alice.list(made).id]
    alice.list_accounts_add(made, [bob.me()])
    assert [one.acct for one in alice.list_accounts(made)] == ["bob"]
    assert alice.timeline_list(made)[0].account.acct == "bob"
    assert alice.list_update(made, "good friends", exclusive=True).exclusive
    alice.list_accounts_delete(made, [bob.me()])
    alice.list_delete(made)
    rule = alice.create_filter_v2("F", ["home"], "warn", keywords_attributes=[{"keyword": "zz"}])
    word = alice.add_filter_keyword_v2(rule, "yy")
    assert len(alice.filter_keywords_v2(rule)) == 2
    alice.delete_filter_keyword_v2(word)
    named = alice.add_filter_status_v2(rule, alice.status_post("to hide"))
    assert [one.id for one in alice.filter_statuses_v2(rule)] == [alice.filter_status_v2(named).id]
    alice.delete_filter_status_v2(named)
    assert alice.update_filter_v2(rule, title="G", filter_action="hide").title == alice.filter_v2(rule).title == "G"
    alice.delete_filter_v2(rule)
    assert alice.filters_v2() == []
    old = alice.filter_create("phrase", ["home"], whole_word=True)
    assert alice.filter(old).phrase == alice.filters()[0].phrase == "phrase"
    assert alice.filter_update(old, phrase="words", context=["home"]).phrase == "words"
    assert len(alice.filters_apply(alice.timeline_home(), alice.filters(), "home")) > 0
    alice.filter_delete(old)
    assert alice.tag(TAG).name == TAG
    assert alice.tag_follow(TAG).following
    assert [one.name for one in alice.followed_tags()] == [TAG]
    assert not alice.tag_unfollow(TAG).following
    assert alice.tag_feature(TAG).featuring
    alice.tag_unfeature(TAG)
    featured = alice.featured_tag_create(TAG)
    assert [one.name for one in alice.featured_tags()] == [TAG]
    alice.featured_tag_delete(featured)
    assert alice.featured_tag_suggestions()[0].name == TAG


@pytest.fixture
def policy(alice: Client) -> object:
    return alice.update_notifications_policy(for_not_following="filter")


def test_notifications_one_by_one_in_groups_and_kept_apart(alice: Client, bob: Client, policy: object) -> None:
    alice.account_unfollow(bob.me())
    accept, dismiss = alice.accept_notification_request, alice.dismiss_notification_request
    many = alice.accept_multiple_notification_requests, alice.dismiss_multiple_notification_requests
    answers: list[Callable[[str], None]] = [dismiss, lambda one: many[1]([one]), lambda one: many[0]([one]), accept]
    for answer in answers:
        bob.status_post("@alice psst")
        waiting = alice.notification_requests()
        if waiting:  # whoever was let in once is let in from then on
            assert alice.notification_request(waiting[0]).account.acct == "bob"
            answer(waiting[0].id)
            assert alice.notification_requests() == []
    assert alice.notifications_merged()
    assert alice.notifications_policy().for_not_following == "filter"
    alice.update_notifications_policy(for_not_following="accept")
    alice.account_follow(bob.me())
    bob.status_favourite(alice.status_post("n"))
    newest = alice.notifications()[0]
    assert alice.notifications(newest.id).type == "favourite"
    assert alice.notifications_unread_count().count > 0
    key = alice.grouped_notifications().notification_groups[0].group_key
    assert alice.grouped_notification(key).notification_groups[0].type == "favourite"
    assert [one.acct for one in alice.grouped_notification_accounts(key)] == ["bob"]
    assert alice.unread_grouped_notifications_count() > 0
    alice.notifications_dismiss(newest)
    alice.dismiss_grouped_notification(alice.grouped_notifications().notification_groups[0].group_key)
    alice.notifications_clear()
    bob.status_post("@alice secret", visibility="direct")
    assert not alice.conversations_read(alice.conversations()[0]).unread


def test_search_suggestions_and_collections(alice: Client, bob: Client, olive: Client) -> None:
    assert alice.search("alice").accounts[0].acct == alice.search_v2("alice").accounts[0].acct == "alice"
    for found in (alice.suggestions(), alice.suggestions_v1(), alice.suggestions_v2()):
        assert isinstance(found, list)
    alice.suggestion_delete(olive.me())
    made = alice.collection_create("Tea", description="who drinks it", account_ids=[bob.me().id]).collection
    assert alice.collection(made.id).collection.name == "Tea"
    assert alice.collection_update(made.id, name="Good tea").collection.name == "Good tea"
    assert [one.id for one in alice.account_collections(alice.me()).collections] == [made.id]
    assert [one.id for one in bob.account_in_collections(bob.me()).collections] == [made.id]
    bob.collection_item_revoke(made.id, made["items"][0].id)
    added = alice.collection_item_add(made.id, olive.me().id).collection_item
    assert alice.status_post(f"see {made.url}").tagged_collections[0].item_count == 1
    alice.collection_item_delete(made.id, added.id)
    alice.report(bob.me(), comment="spam", category="spam", collection_ids=[made.id])
    alice.collection_delete(made.id)


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("stream_user", (), "home"),
        ("stream_user_notifications", (), "@alice you"),
        ("stream_public", (), "public"),
        ("stream_local", (), "local"),
        ("stream_hashtag", (TAG,), f"#{TAG}"),
        ("stream_direct", (), "@alice between us"),
    ],
)
def test_every_stream_brings_what_is_for_it(
    alice: Client, bob: Client, name: str, asked: tuple[str, ...], said: str
) -> None:
    listener = Listener()
    handle = getattr(alice, name)(*asked, listener, run_async=True, timeout=60)
    visibility = "direct" if name == "stream_direct" else "public"
    for _ in range(200):  # the stream opens in its own time
        bob.status_post(said, visibility=visibility)
        if listener.heard.wait(0.3):
            break
    close(handle, lambda: bob.status_post(said, visibility=visibility))
    assert listener.kinds


def test_streams_of_a_list_by_one_web_socket(alice: Client, bob: Client) -> None:
    pytest.importorskip("websocket")
    made = alice.list_create("stream")
    alice.list_accounts_add(made, [bob.me()])
    listener = Listener()
    socket = alice.stream_open_websocket(listener)
    alice.stream_list(made.id, listener, websocket_handle=socket)
    for _ in range(200):
        bob.status_post("for the list")
        if listener.heard.wait(0.3):
            break
    socket.close()
    assert listener.kinds[0] == "update"
