"""The methods of Mastodon.py for staff, and some rare ones; and that none is left out, here or elsewhere."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.mastodon_py import Client, client, mastodon, public_methods
from tests.support.process import ServerProcess

NOT_CALLED = {
    "decode_blurhash": "reads no server, and needs a library of its own",
    "push_subscription_decrypt_push": "reads no server: tests of push messages have their own vectors",
    "get_status_length": "reads no server, and needs a library of its own",
    "await_async_refresh": "waits for a refresh, of which a server alone has none",
    "get_async_refresh_status": "asks for a refresh, of which a server alone has none",
    "status_card": "Mastodon took it away in 3.0, and the library calls it for older ones only",
    "search_v1": "Mastodon took it away in 3.0, and the library calls it for older ones only",
    "follows": "Mastodon took it away in 3.0, and the library calls it for older ones only",
    "reports": "Mastodon took it away in 2.5, and the library calls it for older ones only",
}


@pytest.fixture(scope="module")
def alice(server: ServerProcess) -> Client:
    return client(server, "alice")


@pytest.fixture(scope="module")
def olive(server: ServerProcess) -> Client:
    server.user("olive", role="owner")
    return client(server, "olive")


def test_staff_deal_with_people_and_reports(server: ServerProcess, alice: Client, olive: Client) -> None:
    server.user("mallory")
    alice.report(alice.account_lookup("mallory"), comment="rude", category="violation")
    report = next(one for one in olive.admin_reports() if one.target_account.username == "mallory")
    assert olive.admin_report(report).comment == "rude"
    for change in (olive.admin_report_assign, olive.admin_report_unassign):
        change(report)
    olive.admin_report_resolve(report)
    assert not olive.admin_report_reopen(report).action_taken
    found = olive.admin_accounts_v2(origin="local", username="mallory")[0]
    assert olive.admin_account(found).id == found.id
    for listed in (olive.admin_accounts(), olive.admin_accounts_v1()):
        assert str(found.id) in {str(one["id"]) for one in listed}
    for kind, back in (
        ("disable", olive.admin_account_enable),
        ("silence", olive.admin_account_unsilence),
        ("sensitive", olive.admin_account_unsensitive),
        ("suspend", olive.admin_account_unsuspend),
    ):
        olive.admin_account_moderate(found, kind, text="because")
        back(found)
    for answer in (olive.admin_account_approve, olive.admin_account_reject, olive.admin_account_delete):
        with pytest.raises(mastodon.MastodonAPIError):  # nobody waits, and nobody is suspended
            answer(found)


def test_staff_keep_lists_and_read_figures(olive: Client) -> None:
    domain = olive.admin_create_domain_block("w.example", severity="silence")
    assert olive.admin_update_domain_block(domain, severity="suspend").severity == "suspend"
    assert olive.admin_domain_blocks(id=domain.id).domain == olive.admin_domain_blocks()[0].domain == "w.example"
    olive.admin_delete_domain_block(domain)
    allowed = olive.admin_create_domain_allow("w.example")
    assert [one.id for one in olive.admin_domain_allows()] == [olive.admin_domain_allow(allowed).id]
    olive.admin_delete_domain_allow(allowed)
    mail = olive.admin_create_email_domain_block("w.example")
    assert [one.id for one in olive.admin_email_domain_blocks()] == [olive.admin_email_domain_block(mail).id]
    olive.admin_delete_email_domain_block(mail)
    address = olive.admin_create_ip_block("192.0.2.0/24", "no_access", comment="c")
    assert olive.admin_update_ip_block(address, severity="sign_up_block").comment == "c"
    assert [one.id for one in olive.admin_ip_blocks()] == [olive.admin_ip_block(address).id]
    olive.admin_delete_ip_block(address)
    canonical = olive.admin_create_canonical_email_block(email="q@w.example")
    listed = olive.admin_canonical_email_blocks()
    assert [one.id for one in listed] == [olive.admin_canonical_email_block(canonical).id]
    assert olive.admin_test_canonical_email_block("q@w.example")
    olive.admin_delete_canonical_email_block(canonical)
    now = datetime.now(UTC)
    assert olive.admin_measures(now - timedelta(days=3), now, active_users=True, instance_accounts="a.example")
    assert len(olive.admin_dimensions(now - timedelta(days=3), now, languages=True, space_usage=True)) == 2
    assert len(olive.admin_retention(now - timedelta(days=2), now)) == 3
    for kind, listing in (
        ("tag", olive.admin_trending_tags),
        ("status", olive.admin_trending_statuses),
        ("link", olive.admin_trending_links),
    ):
        found = listing()
        for verb in ("approve", "reject"):
            with contextlib.nullcontext() if found else pytest.raises(mastodon.MastodonNotFoundError):
                getattr(olive, f"admin_{verb}_trending_{kind}")(found[0] if found else 1)


def test_an_announcement_is_read_and_reacted_to(server: ServerProcess, alice: Client) -> None:
    server.run("announcement", "create", "Tea is ready")
    told = alice.announcements()[0]
    alice.announcement_reaction_create(told, "👍")
    assert alice.announcements()[0].reactions[0].me
    alice.announcement_reaction_delete(told, "👍")
    alice.announcement_dismiss(told)
    assert alice.announcements() == []


def test_push_years_and_refreshes(alice: Client) -> None:
    _, keys = alice.push_subscription_generate_keys()
    alice.push_subscription_set("https://push.example/x", keys, mention_events=True)
    assert alice.push_subscription_update(poll_events=True).alerts.poll
    assert alice.push_subscription().endpoint == "https://push.example/x"
    alice.push_subscription_delete()
    year = datetime.now(UTC).year
    assert alice.annual_reports().annual_reports == []
    assert alice.annual_report_state(year).state
    alice.annual_report_generate(year)
    for read in (alice.annual_report, alice.annual_report_read):
        with pytest.raises(mastodon.MastodonNotFoundError):  # the year is not over
            read(year)
    assert alice.get_async_refresh_info(alice.status_context(alice.toot("alone"))) is None


def test_every_method_of_the_library_is_called_somewhere() -> None:
    files = Path(__file__).parent.glob("test_mastodon_py*.py")
    written = re.sub(r"^NOT_CALLED = \{.*?^\}", "", " ".join(path.read_text() for path in files), flags=re.S | re.M)
    named = set(re.findall(r"\w+", written)) | {
        f"admin_{verb}_trending_{kind}" for verb in ("approve", "reject") for kind in ("tag", "status", "link")
    }
    assert public_methods() - named == set(NOT_CALLED)
