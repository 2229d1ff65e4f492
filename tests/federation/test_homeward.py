"""The way home for visitors who live on other servers: where the form sends them, and where it never does."""

from urllib.parse import quote

import pytest

from fedinote.federation import homeward
from fedinote.infra.errors import Invalid
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.federation.scene import Scene
from tests.support.browser import Browser
from tests.support.fakefedi import Answer
from tests.support.people import client

URI = "http://localhost:8000/@alice"
ASKED = quote(URI, safe="")
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"


async def address(scene: Scene, typed: str, uri: str) -> str:
    return (await homeward.way(scene.app, typed, uri)).url


def _says(scene: Scene, template: object) -> None:
    """Let the victim's WebFinger answer with this subscribe link."""
    links = [{"rel": SUBSCRIBE, "template": template}]
    scene.victim.serve("/.well-known/webfinger", {"subject": f"acct:{scene.bob.handle}", "links": links})


async def test_a_handle_leads_where_its_server_says(scene: Scene) -> None:
    _says(scene, f"http://{scene.victim.name}/go?to={{uri}}&x=1")
    for typed in (scene.bob.handle, f"@{scene.bob.handle}", f" acct:{scene.bob.handle} "):
        assert await address(scene, typed, URI) == f"http://{scene.victim.name}/go?to={ASKED}&x=1"


async def test_the_address_of_a_profile_is_a_handle(scene: Scene) -> None:
    _says(scene, f"http://{scene.victim.name}/go?to={{uri}}")
    typed = f"http://{scene.victim.name}/@bob"
    assert await address(scene, typed, URI) == f"http://{scene.victim.name}/go?to={ASKED}"


@pytest.mark.parametrize(
    "template", [None, 7, "javascript:alert({uri})", "http://victim.example/none", "ftp://victim.example/{uri}", ""]
)
async def test_a_server_that_tells_nothing_usable_is_asked_as_mastodon_is(scene: Scene, template: object) -> None:
    _says(scene, template)
    expected = f"http://{scene.victim.name}/authorize_interaction?uri={ASKED}"
    assert await address(scene, scene.bob.handle, URI) == expected


async def test_a_server_that_does_not_answer_is_asked_as_mastodon_is(scene: Scene) -> None:
    scene.victim.serve("/.well-known/webfinger", Answer(500))
    expected = f"http://{scene.victim.name}/authorize_interaction?uri={ASKED}"
    assert await address(scene, scene.bob.handle, URI) == expected


async def test_the_name_of_a_server_is_enough(scene: Scene) -> None:
    found = await homeward.way(scene.app, scene.victim.name.upper(), URI)
    assert (found.url, found.answers) == (f"http://{scene.victim.name}/authorize_interaction?uri={ASKED}", True)


async def test_a_server_that_is_there_counts_whatever_it_says(scene: Scene) -> None:
    for status, answers in ((404, True), (500, True), (502, False), (503, False)):
        scene.victim.serve("/.well-known/nodeinfo", {}, status=status)
        assert (await homeward.way(scene.app, scene.victim.name, URI)).answers is answers


async def test_a_blocked_server_is_not_asked(scene: Scene) -> None:
    _says(scene, f"http://{scene.victim.name}/go?to={{uri}}")
    await domains.block(scene.app, scene.victim.name, Terms(severity="suspend"), by=None)
    before = len(scene.victim.gets())
    assert "/authorize_interaction" in await address(scene, scene.bob.handle, URI)
    assert len(scene.victim.gets()) == before


async def test_our_own_server_is_here(scene: Scene) -> None:
    for typed in (scene.home.host, f"alice@{scene.home.host}"):
        found = await address(scene, typed, URI)
        assert found == scene.app.url(f"/authorize_interaction?uri={ASKED}")


@pytest.mark.parametrize("typed", ["", "two words", "a@b@c", "http://", "//evil.example/x", "evil.example/path?x", "@"])
async def test_what_is_no_server_is_refused(scene: Scene, typed: str) -> None:
    with pytest.raises(Invalid):
        await address(scene, typed, URI)


async def _asking(scene: Scene) -> Browser:
    return client(scene.app)


async def test_the_form_sends_a_visitor_home(scene: Scene) -> None:
    _says(scene, f"http://{scene.victim.name}/go?to={{uri}}")
    browser = await _asking(scene)
    shown = await browser.get(f"/interact?uri={ASKED}")
    assert shown.status == 200
    assert "form-action" not in shown.header("content-security-policy"), "Chromium applies it to the redirect, too"
    answer = await browser.submit(shown, home=scene.bob.handle)
    assert (answer.status, answer.location) == (303, f"http://{scene.victim.name}/go?to={ASKED}")


@pytest.mark.parametrize("handle", [True, False])
async def test_a_visitor_is_told_that_their_server_does_not_answer_and_can_go_on_anyway(
    scene: Scene, handle: bool
) -> None:
    await scene.victim.close()
    typed = scene.bob.handle if handle else scene.victim.name
    browser = await _asking(scene)
    answer = await browser.submit(await browser.get(f"/interact?uri={ASKED}"), home=typed)
    assert (answer.status, answer.location) == (200, "")
    assert f"{scene.victim.name} does not answer at the moment" in answer.text
    link = f'href="http://{scene.victim.name}/authorize_interaction?uri={ASKED}" rel="noopener noreferrer nofollow"'
    assert link in answer.text
    assert f'value="{typed}"' in answer.text


async def test_a_server_that_keeps_a_visitor_waiting_is_said_not_to_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homeward, "SECONDS", 0.2)
    scene.victim.serve("/.well-known/nodeinfo", {}, delay=5)
    assert not (await homeward.way(scene.app, scene.victim.name, URI)).answers


async def test_an_address_that_is_not_public_is_not_asked_whether_it_answers(scene: Scene) -> None:
    found = await homeward.way(scene.app, "10.0.0.1", URI)
    assert found.answers  # refused before a connection: nothing is told of it


async def test_nobody_is_sent_anywhere_without_the_form(scene: Scene) -> None:
    browser = await _asking(scene)
    fields = {"uri": URI, "home": scene.bob.handle}
    assert (await browser.post("/interact", fields)).status == 403
    shown = await browser.get(f"/interact?uri={ASKED}")
    answer = await browser.submit(shown, home=scene.bob.handle, headers={"sec_fetch_site": "cross-site"})
    assert (answer.status, answer.location) == (403, "")


async def test_what_was_typed_wrong_stays_with_what_is_wrong(scene: Scene) -> None:
    browser = await _asking(scene)
    shown = await browser.get(f"/interact?uri={ASKED}")
    answer = await browser.submit(shown, home='"><b>two words')
    assert answer.status == 422
    assert "Write the address of your account" in answer.text
    assert "&#34;&gt;&lt;b&gt;two words" in answer.text


@pytest.mark.parametrize("uri", ["", "x" * 3000])
async def test_without_an_address_there_is_nothing_to_open(scene: Scene, uri: str) -> None:
    assert (await (await _asking(scene)).get(f"/interact?uri={uri}")).status == 400
