"""What policies say of themselves: all of them, as they are set, and nothing that helps to get around them."""

import msgspec

from fedinote.infra.app import App
from fedinote.moderation import publicity
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import pipeline
from fedinote.web.desk import policies
from fedinote.web.transparency.account import automatic
from fedinote.web.words import OFFERED, words
from tests.support.people import configure

SECRET = "very-secret-thing"


async def everything_on(app: App) -> None:
    configure(app, "federation", first_contact="careful", allow_list=True)
    configure(app, "moderation", refused_phrases=[SECRET], max_mentions=7, mention_flood="limit")
    await domains.block(app, f"{SECRET}.example", Terms(obfuscate=True, private_comment=SECRET), by=None)
    made = await rules.create(app, Wanted("words", {"words": [SECRET]}, "hold", "A rule", note=SECRET), by=None)
    await rules.switch(app, made["id"], "on", by=None)


async def test_every_policy_says_what_it_does_as_it_is_set(app: App) -> None:
    assert [one.name for one in await pipeline.stated(app)] == ["mentions", "senders"]
    await everything_on(app)
    stated = {one.name: one for one in await pipeline.stated(app)}
    assert set(stated) == set(policies.ORDER)
    assert {policy.name for policy in pipeline.POLICIES} <= set(stated)
    assert stated["mentions"].facts == {"most": 7, "then": "limit"}
    assert stated["domains"].facts["suspended"] == 1
    assert stated["rules"].facts == {"rules": 1}


async def test_what_is_public_of_policies_gives_no_words_hosts_or_notes_away(app: App) -> None:
    await everything_on(app)
    account = await publicity.account(app)
    assert len(account.automatic) == len(policies.ORDER)
    assert SECRET.encode() not in msgspec.json.encode(account)


async def test_every_policy_is_said_in_every_language_of_the_pages(app: App) -> None:
    await everything_on(app)
    for one in await pipeline.stated(app):
        said = {tag: automatic(words(tag), one) for tag in OFFERED}
        assert len(set(said.values())) == len(OFFERED), one.name
        assert one.name in policies.titles(words("en"))
