"""Setting a new server up: each step is done or put aside, and it can be gone on with later."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation.house import first_steps
from fedinote.moderation.house.first_steps import DONE, SKIPPED, STEPS


async def test_the_next_step_is_the_first_that_nobody_looked_at(app: App) -> None:
    assert await first_steps.upcoming(app) == STEPS[0]
    await first_steps.mark(app, STEPS[0], DONE)
    await first_steps.mark(app, STEPS[2], SKIPPED)
    assert await first_steps.upcoming(app) == STEPS[1]
    await first_steps.mark(app, STEPS[0], SKIPPED)
    assert await first_steps.states(app) == {STEPS[0]: DONE, STEPS[2]: SKIPPED}
    assert await first_steps.waiting(app)
    await first_steps.finish(app)
    assert (await first_steps.upcoming(app), await first_steps.waiting(app)) == ("", False)
    assert (await first_steps.states(app))[STEPS[0]] == DONE


async def test_what_is_no_step_is_not_there(app: App) -> None:
    with pytest.raises(NotFound):
        await first_steps.mark(app, "dance", DONE)
