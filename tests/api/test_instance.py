import re

from fedinote.api.instance import API_VERSION, version
from tests.api.test_statuses import write
from tests.support.people import configure


async def test_version_2_tells_everything_that_clients_configure_themselves_by(town, stranger):
    about = (await stranger.get("/api/v2/instance")).json
    limits = about["configuration"]
    assert about["domain"] == "localhost:8000"
    assert limits["urls"]["streaming"] == "ws://localhost:8000"
    assert limits["statuses"]["max_characters"] == town.app.settings.posts.max_characters
    assert limits["media_attachments"]["image_size_limit"] == town.app.settings.media.max_image_bytes
    assert limits["polls"]["min_expiration"] == 300
    assert limits["translation"] == {"enabled": True}, "the scripts of Chinese are converted without an engine"
    assert "public_key" in limits["vapid"]
    assert about["registrations"]["enabled"] is False
    assert about["icon"] == []
    assert about["thumbnail"]["url"].startswith("http://localhost:8000/static/")
    assert [one["id"] for one in about["rules"]] == ["1"]


async def test_version_1_names_itself_by_a_bare_host(stranger):
    about = (await stranger.get("/api/v1/instance")).json
    assert about["uri"] == "localhost:8000"
    assert about["urls"]["streaming_api"] == "ws://localhost:8000"
    assert isinstance(about["max_toot_chars"], int)
    for part in ("statuses", "media_attachments", "polls"):
        assert part in about["configuration"]
    for key in ("contact_account", "thumbnail", "short_description", "stats", "rules"):
        assert key in about


def test_the_version_begins_with_three_bare_numbers_and_promises_quotes_and_profiles():
    assert re.fullmatch(r"\d+\.\d+\.\d+ \(compatible; FediNote \d+\.\d+\.\d+[^)]*\)", version())
    assert API_VERSION == 10


async def test_registrations_and_the_scheme_follow_the_settings(town, stranger):
    configure(town.app, "registrations", mode="approval")
    configure(town.app, "server", base_url="https://social.example")
    about = (await stranger.get("/api/v2/instance")).json
    assert about["registrations"]["enabled"] is True
    assert about["registrations"]["approval_required"] is True
    assert about["configuration"]["urls"]["streaming"] == "wss://social.example"
    assert (await stranger.get("/api/v1/instance")).json["approval_required"] is True


async def test_the_contact_is_an_account_when_the_settings_name_one(town, alice, stranger):
    assert (await stranger.get("/api/v2/instance")).json["contact"]["account"] is None
    configure(town.app, "instance", contact_account="alice", contact_email="a@mail.example")
    contact = (await stranger.get("/api/v2/instance")).json["contact"]
    assert (contact["account"]["id"], contact["email"]) == (alice.id, "a@mail.example")


async def test_counts_are_those_of_the_database(alice, bob, stranger):
    await write(alice)
    stats = (await stranger.get("/api/v1/instance")).json["stats"]
    assert (stats["user_count"], stats["status_count"], stats["domain_count"]) == (2, 1, 0)
    weeks = (await stranger.get("/api/v1/instance/activity")).json
    assert len(weeks) == 12
    assert (weeks[0]["statuses"], weeks[0]["registrations"]) == ("1", "2")


async def test_the_description_is_escaped_html(town, stranger):
    configure(town.app, "instance", description="Tea & <cake>")
    answer = (await stranger.get("/api/v1/instance/extended_description")).json
    assert answer["content"] == "<p>Tea &amp; &lt;cake&gt;</p>"


async def test_blocked_domains_are_told_as_far_as_they_are_public(town, stranger):
    for number, (domain, severity, hidden) in enumerate(
        [("bad.example", "suspend", False), ("odd.example", "silence", True), ("fine.example", "noop", False)]
    ):
        await town.app.db.execute(
            "INSERT INTO domain_blocks (id, domain, severity, reject_media, reject_reports, obfuscate,"
            " private_comment, public_comment, created_at) VALUES (?, ?, ?, FALSE, FALSE, ?, 'secret', 'why', ?)",
            number + 1,
            domain,
            severity,
            hidden,
            town.app.now(),
        )
    answer = await stranger.get("/api/v1/instance/domain_blocks")
    assert [one["domain"] for one in answer.json] == ["bad.example"]
    assert b"secret" not in answer.body


async def test_what_clients_ask_for_at_their_start_is_there(alice):
    for path in (
        "/api/v1/custom_emojis",
        "/api/v1/preferences",
        "/api/v1/markers",
        "/api/v1/followed_tags",
        "/api/v2/filters",
        "/api/v1/lists",
        "/api/v1/follow_requests",
        "/api/v1/instance/peers",
        "/api/v1/instance/rules",
        "/api/v1/instance/languages",
        "/api/v1/instance/translation_languages",
    ):
        answer = await alice.get(path)
        assert (answer.status, type(answer.json)) in ((200, list), (200, dict)), path


async def test_our_emojis_are_listed_and_others_are_not(town, stranger):
    for number, domain in enumerate(("", "far.example")):
        await town.app.db.execute(
            "INSERT INTO custom_emojis (id, shortcode, domain, url, static_url, visible, updated_at)"
            " VALUES (?, 'blob', ?, 'https://x.example/a.png', 'https://x.example/b.png', TRUE, ?)",
            number + 1,
            domain,
            town.app.now(),
        )
    emojis = (await stranger.get("/api/v1/custom_emojis")).json
    assert [one["shortcode"] for one in emojis] == ["blob"]
    assert emojis[0]["visible_in_picker"] is True
