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


def _says(scene: Scene, template: object) -> None:
    """Let the victim's WebFinger answer with this subscribe link."""
    links = [{"rel": SUBSCRIBE, "template": template}]
    scene.victim.serve("/.well-known/webfinger", {"subject": f"acct:{scene.bob.handle}", "links": links})


async def test_a_handle_leads_where_its_server_says(scene: Scene) -> None:
    _says(scene, f"http://{scene.victim.name}/go?to={{uri}}&x=1")
    for typed in (scene.bob.handle, f"@{scene.bob.handle}", f" acct:{scene.bob.handle} "):
        assert await homeward.address(scene.app, typed, URI) == f"http://{scene.victim.name}/go?to={ASKED}&x=1"


async def test_the_address_of_a_profile_is_a_handle(scene: Scene) -> None:
    _says(scene, f"http://{scene.victim.name}/go?to={{uri}}")
    typed = f"http://{scene.victim.name}/@bob"
    assert await homeward.address(scene.app, typed, URI) == f"http://{scene.victim.name}/go?to={ASKED}"


@pytest.mark.parametrize(
    "template", [None, 7, "javascript:alert({uri})", "http://victim.example/none", "ftp://victim.example/{uri}", ""]
)
async def test_a_server_that_tells_nothing_usable_is_asked_as_mastodon_is(scene: Scene, template: object) -> None:
    _says(scene, template)
    expected = f"http://{scene.victim.name}/authorize_interaction?uri={ASKED}"
    assert await homeward.address(scene.app, scene.bob.handle, URI) == expected


async def test_a_server_that_does_not_answer_is_asked_as_mastodon_is(scene: Scene) -> None:
    scene.victim.serve("/.well-known/webfinger", Answer(500))
    expected = f"http://{scene.victim.name}/authorize_interaction?uri={ASKED}"
    assert await homeward.address(scene.app, scene.bob.handle, URI) == expected


async def test_the_name_of_a_server_is_enough_and_nobody_is_asked(scene: Scene) -> None:
    before = len(scene.victim.gets())
    found = await homeward.address(scene.app, scene.victim.name.upper(), URI)
    assert found == f"http://{scene.victim.name}/authorize_interaction?uri={ASKED}"
    assert len(scene.victim.gets()) == before


async def test_a_blocked_server_is_not_asked(scene: Scene) -> None:
    _says(scene, f"http://{scene.victim.name}/go?to={{uri}}")
    await domains.block(scene.app, scene.victim.name, Terms(severity="suspend"), by=None)
    before = len(scene.victim.gets())
    assert "/authorize_interaction" in await homeward.address(scene.app, scene.bob.handle, URI)
    assert len(scene.victim.gets()) == before


async def test_our_own_server_is_here(scene: Scene) -> None:
    for typed in (scene.home.host, f"alice@{scene.home.host}"):
        found = await homeward.address(scene.app, typed, URI)
        assert found == scene.app.url(f"/authorize_interaction?uri={ASKED}")


@pytest.mark.parametrize("typed", ["", "two words", "a@b@c", "http://", "//evil.example/x", "evil.example/path?x", "@"])
async def test_what_is_no_server_is_refused(scene: Scene, typed: str) -> None:
    with pytest.raises(Invalid):
        await homeward.address(scene.app, typed, URI)


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
