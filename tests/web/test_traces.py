"""The moderators' page that tells why something did not arrive."""

from fedinote.auth.models import User
from fedinote.infra.app import App
from tests.support.people import client, person
from tests.web.reading import signed_in


async def test_moderators_read_it_others_do_not(app: App, alice: User) -> None:
    chief = await person(app, "chief", role="moderator")
    path = "/admin/trace?url=https://far.example/notes/1"
    assert (await client(app).get(path)).status == 303
    assert (await (await signed_in(app, alice)).get(path)).status == 404
    answer = await (await signed_in(app, chief)).get(path)
    assert answer.status == 200
    assert "Nothing about it came here" in answer.text
    wrong = await (await signed_in(app, chief)).get("/admin/trace?url=javascript:alert(1)")
    assert "Give the http(s) address" in wrong.text
