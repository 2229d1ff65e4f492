"""Rewording a plan: its time, its limits, and the job that publishes it. (Apps' plans are in the API's tests.)"""

from datetime import timedelta

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import scheduling
from fedinote.posts.drafts import Draft
from fedinote.posts.scheduling import Scheduled
from tests.support.people import person


@pytest.fixture
async def alice(app: App) -> User:
    return await person(app)


async def planned(app: App, user: User, **ahead: float) -> Scheduled:
    return await scheduling.schedule(app, user.account_id, Draft(text="Tea"), app.now() + timedelta(**ahead))


async def test_a_plan_keeps_its_time_to_the_millisecond_and_its_job(app: App, alice: User) -> None:
    plan = await planned(app, alice, minutes=6, seconds=7)
    app.clock.shift(180)  # less than five minutes are left: a new plan could not have this time
    for due in (None, plan.due.replace(second=0, microsecond=0)):
        now = await scheduling.reword(app, alice.account_id, plan.id, Draft(text="Coffee"), due)
        assert (now.due, now.draft.text) == (plan.due, "Coffee")
    app.clock.shift(200)
    await scheduling.publish(app, plan.id, int(plan.due.timestamp() * 1000))
    assert await app.db.value("SELECT source AS value FROM posts") == "Coffee"


async def test_a_plan_that_is_overdue_needs_another_time(app: App, alice: User) -> None:
    plan = await planned(app, alice, minutes=6)
    app.clock.shift(600)
    with pytest.raises(Invalid, match="five minutes"):
        await scheduling.reword(app, alice.account_id, plan.id, Draft(text="Coffee"))
    later = app.now() + timedelta(hours=1)
    now = await scheduling.reword(app, alice.account_id, plan.id, Draft(text="Coffee"), later)
    assert (now.draft.text, now.due > app.now()) == ("Coffee", True)


async def test_a_refusal_leaves_the_plan_as_it_was(app: App, alice: User) -> None:
    plan = await planned(app, alice, hours=6)
    with pytest.raises(Invalid):
        await scheduling.reword(app, alice.account_id, plan.id, Draft(text=""), app.now() + timedelta(days=1))
    with pytest.raises(Invalid):
        await scheduling.reword(app, alice.account_id, plan.id, Draft(text="Coffee"), app.now())
    with pytest.raises(NotFound):
        await scheduling.reword(app, (await person(app, "bob")).account_id, plan.id, Draft(text="Coffee"))
    assert await scheduling.show(app, alice.account_id, plan.id) == plan
