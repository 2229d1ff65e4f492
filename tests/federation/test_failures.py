"""What cannot be fetched costs few requests, however often it is named (rules S58 and S61)."""

from typing import Any

import pytest

from fedinote.federation import failures, fetching, resolve
from fedinote.federation.fetching import Budget
from fedinote.infra.errors import NotFound, Refused, Unreachable
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC


@pytest.fixture
def asked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URLs that our server asks for."""
    found: list[str] = []
    real = scene.app.outbound.get

    async def get(url: str, **options: Any) -> Any:
        found.append(url)
        return await real(url, **options)

    monkeypatch.setattr(scene.app.outbound, "get", get)
    return found


async def test_a_dead_address_that_is_named_again_and_again_is_asked_for_three_times(
    scene: Scene, asked: list[str]
) -> None:
    url = f"{scene.evil.base}/nothing"
    for _ in range(20):
        with pytest.raises(NotFound):
            await fetching.document(scene.app, url, Budget())
    assert asked == [url] * failures.TRIES
    scene.evil.serve("/nothing", {"id": url, "type": "Note"})
    scene.app.caches["missing_urls"][url] = failures._Missing(NotFound, 3, 0)
    assert (await fetching.document(scene.app, url, Budget()))["id"] == url


async def test_a_host_that_does_not_answer_has_a_rest(scene: Scene, asked: list[str]) -> None:
    await scene.evil.close()
    for number in range(20):
        with pytest.raises(Unreachable):
            await fetching.document(scene.app, f"{scene.evil.base}/{number}", Budget())
    assert len(asked) == failures.TRIPS_AFTER
    assert (await fetching.document(scene.app, scene.bob.id, Budget()))["id"] == scene.bob.id


async def test_hosts_without_end_of_one_domain_are_not_all_asked(scene: Scene) -> None:
    for number in range(failures.SUBDOMAINS_A_MINUTE):
        failures.check(scene.app, f"https://h{number}.evil.example/")
    with pytest.raises(Refused):
        failures.check(scene.app, "https://one-more.evil.example/")
    failures.check(scene.app, "https://h1.evil.example/again")
    failures.check(scene.app, "https://h1.good.example/")
    failures.check(scene.app, "http://127.0.0.2:8000/")


async def test_what_is_remembered_of_failures_is_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "REMEMBERED", 100)
    for number in range(1000):
        failures.silent(scene.app, f"https://h{number}.example/")
        failures.note(scene.app, f"https://h{number}.example/", NotFound())
    assert len(scene.app.caches["silent_hosts"]) == len(scene.app.caches["missing_urls"]) == 100


async def test_a_budget_ends_for_one_host_before_it_ends_for_all(scene: Scene) -> None:
    budget = Budget(3, per_host=2)
    budget.spend("a")
    budget.spend("a")
    with pytest.raises(Refused, match="one host"):
        budget.spend("a")
    budget.spend("b")
    with pytest.raises(Refused, match="one cause"):
        budget.spend("c")


async def test_our_own_server_is_never_asked_and_an_unknown_id_of_ours_is_nothing(
    scene: Scene, asked: list[str]
) -> None:
    await scene.follow(scene.alice, scene.bob)
    ours = f"http://{scene.home.host}/users/alice/statuses/1"
    reply = scene.bob.note("an answer to nothing", inReplyTo=ours)
    reply["replies"] = {"type": "Collection", "items": [ours, f"{ours}2"]}
    await scene.done(scene.bob, scene.bob.create(reply))
    await scene.done(scene.bob, scene.bob.activity("Announce", f"{ours}3", to=[PUBLIC]))
    await scene.alice.call("GET", "/api/v2/search", params={"q": f"{ours}4", "resolve": "true"})
    row = await scene.row("SELECT id, in_reply_to_id FROM posts")
    assert row is not None
    assert row["in_reply_to_id"] is None
    await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}/context")
    await scene.settle()
    for wanted in (fetching.document, fetching.page, resolve.post):
        with pytest.raises((Refused, NotFound)):
            await wanted(scene.app, f"{ours}5", Budget())
    assert scene.bob.id in asked
    assert not [url for url in asked if scene.home.host in url.partition("?")[0]]
