"""Other servers as those see them who run this one; what is sent again, and what is not sent any more."""

from datetime import timedelta

import pytest

from fedinote.federation import backlog, diagnosis, hosts
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.servers import domains
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer

ADMIN = Moderator(1, 1, "admin")
MODERATOR = Moderator(1, 1, "moderator")


async def admin(scene: Scene) -> Moderator:
    return Moderator(scene.alice.account_id, 1, "admin")


async def failing(scene: Scene, status: int = 500) -> None:
    """A post of alice's that bob's server does not take."""
    await scene.follows(scene.bob, scene.alice)
    scene.victim.inbox = Answer(b"", status)
    await scene.alice.post("hello")
    await scene.settle()


async def test_a_server_that_does_not_take_things_shows_since_when_and_why(scene: Scene) -> None:
    await failing(scene)
    server = await hosts.one(scene.app, scene.victim.name)
    assert (server.state, server.error, server.waiting, server.people) == ("failing", "status 500", 1, 1)
    assert server.failing_since is not None
    assert [one.host for one in await hosts.listing(scene.app, state="failing")] == [scene.victim.name]
    assert await hosts.listing(scene.app, state="reachable", beginning=scene.victim.name) == []
    (bound,) = await backlog.by_host(scene.app)
    assert (bound.host, bound.waiting, bound.dead, bound.attempts) == (scene.victim.name, 1, 0, 1)
    (parcel,) = await backlog.of_host(scene.app, scene.victim.name)
    assert parcel.what.startswith("Create http")
    assert (await backlog.last_words(scene.app, scene.victim.name))[0][2] == "status 500"


async def test_what_waits_is_sent_at_once_when_somebody_says_so(scene: Scene) -> None:
    await failing(scene)
    scene.victim.inbox = Answer(status=202, content_type=None)
    before = len(scene.victim.received)
    await scene.settle()
    assert len(scene.victim.received) == before
    await hosts.try_now(scene.app, await admin(scene), scene.victim.name)
    await scene.settle()
    assert len(scene.victim.received) == before + 1
    assert (await hosts.one(scene.app, scene.victim.name)).state == "reachable"


async def test_nothing_is_sent_to_a_stopped_server_even_when_it_says_something(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    await hosts.stop(scene.app, await admin(scene), scene.victim.name)
    before = len(scene.victim.received)
    await scene.alice.post("one")
    await scene.done(scene.bob, scene.bob.create(scene.bob.note("I am here")))
    await scene.alice.post("two")
    await scene.settle()
    assert len(scene.victim.received) == before
    assert (await hosts.one(scene.app, scene.victim.name)).state == "stopped"
    await hosts.try_now(scene.app, await admin(scene), scene.victim.name)
    await scene.alice.post("three")
    await scene.settle()
    assert len(scene.victim.received) == before + 1


async def test_what_was_given_up_can_be_sent_again_or_thrown_away(scene: Scene) -> None:
    await failing(scene, 404)
    (bound,) = await backlog.by_host(scene.app)
    assert (bound.waiting, bound.dead) == (0, 1)
    scene.victim.inbox = Answer(status=202, content_type=None)
    before = len(scene.victim.received)
    assert await backlog.retry_deliveries(scene.app, await admin(scene), scene.victim.name) == 1
    await scene.settle()
    assert len(scene.victim.received) == before + 1
    await failing(scene, 404)
    assert await backlog.discard_deliveries(scene.app, await admin(scene), scene.victim.name) == 1
    assert await backlog.by_host(scene.app) == []


async def test_moderators_look_and_do_not_touch(scene: Scene) -> None:
    await failing(scene)
    for verb in (hosts.try_now, hosts.stop, backlog.retry_deliveries, backlog.discard_deliveries):
        with pytest.raises(Forbidden):
            await verb(scene.app, MODERATOR, scene.victim.name)
    for jobs in (backlog.retry_jobs, backlog.discard_jobs):
        with pytest.raises(Forbidden):
            await jobs(scene.app, MODERATOR, None)


async def test_jobs_that_were_given_up_run_again_or_go(scene: Scene) -> None:
    app, by, now = scene.app, await admin(scene), scene.app.now()
    for dead in (True, True, False):
        await app.db.execute(
            "INSERT INTO jobs (kind, args, priority, run_at, starts, failures, error, dead_at, created_at)"
            " VALUES ('links.verify', '{\"account_id\": 1}', 5, ?, 3, 3, 'Boom', ?, ?)",
            now + timedelta(hours=1),
            now if dead else None,
            now,
        )
    kind = next(one for one in await backlog.kinds(app) if one.kind == "links.verify")
    assert (kind.dead, kind.failing, kind.due) == (2, 1, 0)
    troubles = await backlog.troubles(app)
    assert [(one.about, one.error) for one in troubles] == [("account_id 1", "Boom")] * 3
    given_up = [one.id for one in troubles if one.dead_at is not None]
    assert await backlog.discard_jobs(app, by, [troubles[0].id]) == 0  # not given up
    assert await backlog.retry_jobs(app, by, [given_up[0]]) == 1
    assert await backlog.discard_jobs(app, by, None) == 1
    assert [one.dead for one in await backlog.kinds(app) if one.kind == "links.verify"] == [0]
    actions = await app.db.rows("SELECT action FROM audit_log ORDER BY id")
    assert [row["action"] for row in actions] == ["jobs.discard", "jobs.retry", "jobs.discard"]


async def test_a_server_is_asked_what_it_runs(scene: Scene) -> None:
    base = scene.victim.base
    await scene.known(scene.bob)
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    elsewhere = {"rel": f"{schema[:-1]}1", "href": f"{scene.evil.base}/nodeinfo"}
    links = {"links": [{"rel": schema, "href": f"{base}/nodeinfo/2.0"}, elsewhere]}
    scene.victim.serve("/.well-known/nodeinfo", links, content_type="application/json")
    scene.victim.serve(
        "/nodeinfo/2.0", {"software": {"name": "tea", "version": "1.2"}}, content_type="application/json"
    )
    assert await hosts.ask_software(scene.app, scene.victim.name) == "tea 1.2"
    assert (await hosts.one(scene.app, scene.victim.name)).software == "tea 1.2"
    scene.victim.serve("/nodeinfo/2.0", ["?"], content_type="application/json")
    assert await hosts.reach(scene.app, scene.victim.name) == (False, "The server does not say what it runs")


async def test_the_doctor_finds_nothing_wrong_with_somebody_who_can_be_followed(scene: Scene) -> None:
    found = await diagnosis.of_handle(scene.app, f"@bob@{scene.victim.name}")
    looks = {look.name: look for look in found.looks}
    assert [looks[name].ok for name in ("block", "webfinger", "actor", "key", "waiting")] == [True] * 5
    assert looks["webfinger"].detail == scene.bob.id
    assert found.account_id is not None


async def test_the_doctor_says_at_which_step_it_ends(scene: Scene) -> None:
    nobody = await diagnosis.of_handle(scene.app, f"nobody@{scene.victim.name}")
    assert [(look.name, look.ok) for look in nobody.looks] == [("block", True), ("webfinger", False)]
    scene.victim.serve(scene.mallory.id, {"type": "Person"}, status=401)
    broken = await diagnosis.of_handle(scene.app, f"mallory@{scene.victim.name}")
    assert (broken.looks[-1].name, broken.looks[-1].ok) == ("actor", False)
    await domains.block(scene.app, scene.evil.name, domains.Terms(), by=None)
    asked = len(scene.evil.requests)
    blocked = await diagnosis.of_handle(scene.app, f"evil@{scene.evil.name}")
    assert [(look.name, look.ok) for look in blocked.looks] == [("block", False)]
    assert len(scene.evil.requests) == asked


@pytest.mark.parametrize("text", ["alice", "@Alice", "alice@{host}"])
async def test_the_doctor_takes_a_name_alone_for_somebody_of_this_server(scene: Scene, text: str) -> None:
    found = await diagnosis.of(scene.app, text.format(host=scene.home.host))
    looks = {look.name: (look.ok, look.number) for look in found.looks}
    assert found.subject == f"@alice@{scene.app.settings.handle_host}"
    assert looks == {
        "local": (True, 0), "followers_elsewhere": (None, 0), "follows_elsewhere": (None, 0), "unsent": (None, 0)
    }  # fmt: skip
    assert found.account_id is not None
    assert not scene.victim.requests  # nobody else is asked


async def test_the_doctor_says_that_an_account_here_is_not_in_use(scene: Scene) -> None:
    await scene.app.db.execute("UPDATE users SET state = 'disabled'")
    found = await diagnosis.of(scene.app, "alice")
    assert (found.looks[0].ok, found.looks[0].detail) == (False, "disabled")


async def test_a_name_alone_that_nobody_here_has_is_no_server(scene: Scene) -> None:
    for text in ("nobody", "@nobody", f"nobody@{scene.home.host}"):
        with pytest.raises(Invalid, match="Nobody here has this name"):
            await diagnosis.of(scene.app, text)


@pytest.mark.parametrize("text", ["", "a b", "@", "//", "@bob@", "http:"])
async def test_the_doctor_takes_handles_and_domains_only(scene: Scene, text: str) -> None:
    with pytest.raises(Invalid):
        await (diagnosis.of_handle if "@" in text else diagnosis.of_host)(scene.app, text)
    with pytest.raises(Invalid):
        await diagnosis.of_host(scene.app, scene.home.host)
