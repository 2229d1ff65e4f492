"""Nobody but admins gets to the pages about servers, and no form is taken without its token."""

import pytest

from fedinote.infra.app import App
from fedinote.web.servers.routes import ROUTES
from tests.moderation.staff import user
from tests.support import tables
from tests.support.browser import Browser
from tests.web.reading import signed_in


@pytest.mark.parametrize("role", ["member", "moderator"])
async def test_who_is_no_admin_changes_and_sees_nothing(app: App, role: str) -> None:
    who = await signed_in(app, await user(app, "somebody", role))
    token = (await who.get("/settings/severed")).text.partition('name="form_token" value="')[2].partition('"')[0]
    before = await tables.contents(app, but=tables.SEEN)
    for route in ROUTES:
        path = route.path.replace("{id}", "1")
        for method in route.methods or ():
            fields = {"form_token": token, "domain": "far.example", "listing": "block"}
            answer = await (who.get(path) if method != "POST" else who.post(path, fields))
            assert answer.status == (404 if role == "member" else 403), (method, path)
    assert tables.difference(before, await tables.contents(app, but=tables.SEEN)) == {}


async def test_a_form_from_elsewhere_is_refused(app: App, desk: Browser) -> None:
    for route in ROUTES:
        if "POST" in (route.methods or ()):
            answer = await desk.post(route.path.replace("{id}", "1"), {"domain": "far.example", "form_token": "x"})
            assert answer.status == 403, route.path
