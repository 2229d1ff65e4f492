"""Mastodon.py, the rest of what it can do: lists, filters, plans, groups, markers, push objects and the admin API."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.process import ServerProcess

mastodon: Any = pytest.importorskip("mastodon")
Client = Any
SCOPES = "read write follow push profile admin:read admin:write"


def client(server: ServerProcess, name: str) -> Client:
    token = server.token(name, SCOPES)
    return mastodon.Mastodon(access_token=token, api_base_url=server.base_url, ratelimit_method="throw")


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


def test_lists_hold_people_and_their_posts(alice: Client, bob: Client) -> None:
    bob.account_follow(alice.me())
    made = bob.list_create("friends", replies_policy="none")
    bob.list_accounts_add(made, [alice.me().id])
    status = alice.status_post("for the list")
    assert [one.acct for one in bob.list_accounts(made)] == ["alice"]
    assert bob.timeline_list(made)[0].id == status.id
    assert bob.list_update(made, "best friends").title == "best friends"
    assert [one.title for one in bob.account_lists(alice.me())] == ["best friends"]
    bob.list_accounts_delete(made, [alice.me().id])
    bob.list_delete(made)
    assert bob.lists() == []


def test_filters_of_both_versions_are_kept_and_changed(alice: Client) -> None:
    made = alice.create_filter_v2("cups", ["home"], "hide", keywords_attributes=[{"keyword": "mug"}])
    word = alice.add_filter_keyword_v2(made, "saucer", whole_word=True)
    assert {one.keyword for one in alice.filter_keywords_v2(made)} == {"mug", "saucer"}
    alice.delete_filter_keyword_v2(word)
    status = alice.status_post("to be hidden")
    named = alice.add_filter_status_v2(made, status)
    assert [one.status_id for one in alice.filter_statuses_v2(made)] == [status.id]
    alice.delete_filter_status_v2(named)
    assert alice.update_filter_v2(made, title="mugs").title == "mugs"
    assert alice.filter_v2(made).title == "mugs"
    alice.delete_filter_v2(made)
    assert alice.filters_v2() == []


def test_a_post_is_planned_moved_and_taken_back(alice: Client) -> None:
    due = datetime.now(UTC) + timedelta(hours=1)
    plan = alice.status_post("later", scheduled_at=due)
    moved = alice.scheduled_status_update(plan, due + timedelta(hours=1))
    assert moved.scheduled_at > due
    assert [one.id for one in alice.scheduled_statuses()] == [plan.id]
    assert alice.scheduled_status(plan).params.text == "later"
    alice.scheduled_status_delete(plan)
    assert alice.scheduled_statuses() == []


def test_notifications_come_one_by_one_and_in_groups(alice: Client, bob: Client) -> None:
    status = alice.status_post("like me")
    bob.status_favourite(status)
    newest = alice.notifications(limit=1)[0]
    assert (newest.type, newest.status.id) == ("favourite", status.id)
    groups = alice.grouped_notifications(limit=5)
    mine = next(one for one in groups.notification_groups if one.status_id == str(status.id))
    assert alice.grouped_notification_accounts(mine.group_key)[0].acct == "bob"
    assert alice.grouped_notification(mine.group_key).notification_groups[0].type == "favourite"
    assert alice.unread_grouped_notifications_count() >= 1
    alice.dismiss_grouped_notification(mine.group_key)
    alice.notifications_clear()
    assert alice.notifications() == []


def test_the_notification_policy_is_read_and_changed(alice: Client) -> None:
    changed = alice.update_notifications_policy(for_not_following="filter")
    assert changed.for_not_following == "filter"
    assert alice.notifications_policy().for_not_following == "filter"
    assert alice.notification_requests() == []
    alice.update_notifications_policy(for_not_following="accept")


def test_a_vote_counts_once(alice: Client, bob: Client) -> None:
    asked = alice.status_post("which?", poll=alice.make_poll(["green", "black"], 600))
    voted = bob.poll_vote(asked.poll, [1])
    assert [one.votes_count for one in voted.options] == [0, 1]
    assert bob.poll(asked.poll).own_votes == [1]
    with pytest.raises(mastodon.MastodonAPIError):
        bob.poll_vote(asked.poll, [0])


def test_a_private_conversation_is_read(alice: Client, bob: Client) -> None:
    bob.status_post("@alice hush", visibility="direct")
    found = alice.conversations()[0]
    assert found.unread
    assert found.last_status.visibility == "direct"
    assert not alice.conversations_read(found).unread


def test_markers_preferences_and_search(alice: Client) -> None:
    status = alice.status_post("something #findable")
    alice.markers_set("home", status)
    assert alice.markers_get("home").home.last_read_id == status.id
    assert alice.preferences()["posting:default:visibility"]
    assert [one.name for one in alice.search("findable", result_type="hashtags").hashtags] == ["findable"]
    assert alice.search("alice", result_type="accounts").accounts[0].acct == "alice"


def test_a_push_subscription_is_made_changed_and_ended(alice: Client) -> None:
    private, public = alice.push_subscription_generate_keys()
    assert urlsafe_b64encode(public["pubkey"])
    made = alice.push_subscription_set("https://push.example/endpoint", public, mention_events=True)
    assert made.endpoint == "https://push.example/endpoint"
    assert made.alerts.mention
    alice.push_subscription_update(mention_events=False, poll_events=True)
    assert alice.push_subscription().alerts.poll
    alice.push_subscription_delete()
    with pytest.raises(mastodon.MastodonNotFoundError):
        alice.push_subscription()
    assert private


def test_staff_see_people_and_deal_with_a_report(olive: Client, alice: Client, bob: Client) -> None:
    status = bob.status_post("rude")
    alice.report(bob.me(), status_ids=[status.id], comment="rude")
    report = olive.admin_reports()[0]
    assert report.target_account.username == "bob"
    olive.admin_report_assign(report)
    assert olive.admin_report(report).assigned_account.username == "olive"
    olive.admin_report_resolve(report)
    olive.admin_report_reopen(report)
    found = olive.admin_accounts_v2(origin="local", username="bob")[0]
    olive.admin_account_moderate(found, "silence")
    assert olive.admin_account(found).silenced
    assert not olive.admin_account_unsilence(found).silenced


def test_staff_keep_the_lists_of_what_is_blocked(olive: Client) -> None:
    domain = olive.admin_create_domain_block("bad.example", severity="silence")
    assert olive.admin_update_domain_block(domain, public_comment="spam").public_comment == "spam"
    mail = olive.admin_create_email_domain_block("junk.example")
    address = olive.admin_create_ip_block("192.0.2.0/24", "no_access", comment="spam")
    allowed = olive.admin_create_domain_allow("good.example")
    canonical = olive.admin_create_canonical_email_block(email="somebody@junk.example")
    assert [one.domain for one in olive.admin_domain_blocks()] == ["bad.example"]
    assert [one.domain for one in olive.admin_email_domain_blocks()] == ["junk.example"]
    assert [one.ip for one in olive.admin_ip_blocks()] == ["192.0.2.0/24"]
    assert [one.domain for one in olive.admin_domain_allows()] == ["good.example"]
    assert olive.admin_test_canonical_email_block("somebody@junk.example")
    olive.admin_delete_canonical_email_block(canonical)
    olive.admin_delete_domain_block(domain)
    olive.admin_delete_email_domain_block(mail)
    olive.admin_delete_ip_block(address)
    olive.admin_delete_domain_allow(allowed)
    assert olive.admin_domain_blocks() == []


def test_staff_see_what_is_talked_about_and_figures(olive: Client) -> None:
    assert isinstance(olive.admin_trending_tags(), list)
    assert isinstance(olive.admin_trending_statuses(), list)
    assert isinstance(olive.admin_trending_links(), list)
    now = datetime.now(UTC)
    figures = olive.admin_measures(now - timedelta(days=2), now, active_users=True, new_users=True)
    assert {one.key for one in figures} == {"active_users", "new_users"}
    assert olive.admin_retention(now - timedelta(days=2), now)
    assert [one.key for one in olive.admin_dimensions(now - timedelta(days=2), now, languages=True)] == ["languages"]
