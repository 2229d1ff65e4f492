"""The public account of the moderation, as programs read it."""

from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.cases.statements import Basis
from tests.api.client import Client
from tests.moderation.staff import staff, user


async def test_anybody_reads_rules_figures_and_decisions_and_no_names(app: App, stranger: Client) -> None:
    by, target = await staff(app, "moderator", "judge"), await user(app, "culprit")
    await actions.silence(app, by, target.account_id, reason="you know", basis=Basis(rules=(1,)))
    found = await stranger.get("/api/fedinote/v1/accountability")
    assert found.status == 200
    assert found.json["rules"][0]["id"] == "1"
    assert found.json["months"][0]["decisions"] == {"silence": 1}
    (decision,) = found.json["decisions"]
    assert (decision["action"], decision["rules"], decision["outcome"]) == ("silence", [1], "stands")
    assert not any(word in found.body.decode() for word in ("culprit", "judge", "you know", str(target.account_id)))
