"""Who may answer a post, said when it is written, and kept to before somebody writes an answer in vain."""

from typing import Any

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import answering, publishing
from fedinote.posts.drafts import Draft
from tests.support.people import person
from tests.web.compose.conftest import Writer, writer


async def _only(app: App, user: User) -> Any:
    (row,) = await app.db.rows("SELECT * FROM posts WHERE account_id = ?", user.account_id)
    return row


async def test_the_form_says_who_may_answer_and_the_edit_changes_it(app: App, alice: User, hers: Writer) -> None:
    page = await hers.get("/publish")
    assert 'name="reply_policy"' in page.text
    assert "some do not know how" in page.text
    await hers.form("/publish", ("text", "Tea"), ("reply_policy", "followers"), ("key", "k1"), ("do", "publish"))
    post = await _only(app, alice)
    assert answering.setting_of(post["interaction_rules"]) == "followers"
    edit = f"/posts/{post['id']}/edit"
    assert '<option value="followers" selected>' in (await hers.get(edit)).text
    changed = (("edit", str(post["id"])), ("text", "Tea"), ("reply_policy", "nobody"))
    answer = await hers.form("/publish", *changed, ("do", "publish"))
    assert answer.status == 303
    assert answering.setting_of((await _only(app, alice))["interaction_rules"]) == "nobody"


async def test_who_may_not_answer_is_told_before_writing(app: App, alice: User, hers: Writer) -> None:
    bob = await person(app, "bob")
    closed = await publishing.publish(app, bob.account_id, Draft("no answers", reply_policy="nobody"))
    asked = await publishing.publish(app, bob.account_id, Draft("@alice and you?", reply_policy="nobody"))
    refused = await hers.get(f"/publish?reply={closed}")
    assert refused.status == 403
    assert "does not allow that" in refused.text
    assert (await hers.get(f"/publish?reply={asked}")).status == 200
    theirs = await writer(app, bob)
    assert (await theirs.get(f"/publish?reply={closed}")).status == 200
