"""Changing settings while the server runs: who may, and what the audit log says of it. `infra.choices` keeps them."""

from collections.abc import Iterable, Mapping
from typing import Any

from fedinote.infra import choices
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power

SET, UNSET = "setting.set", "setting.unset"
MAX_NOTED = 500
_ENGINES = "translation."


def power_for(key: str) -> Power:
    """Return what it takes to change a key: where words are sent to be translated is the owner's alone to say."""
    return Power.ENGINES if key.startswith(_ENGINES) else Power.SETTINGS


async def choose(app: App, values: Mapping[str, Any], *, by: Moderator | None) -> list[str]:
    """Choose values by key (`section.key`), all or none; None takes a choice back. Return the keys that changed.

    `by` is None for the command line. In this process it holds when this returns, in others a moment later. Raises
    Invalid (unknown or locked key, wrong value) and Forbidden.
    """
    if by is not None and not all(by.may(power_for(key)) for key in values):
        raise Forbidden
    changed = {key: value for key, value in values.items() if _differs(app, key, value)}
    if changed:
        async with app.db.transaction():
            await choices.keep(app, changed, by=by.account_id if by else None)
            for key, value in changed.items():
                await _note(app, key, value, by)
        await choices.renew(app)
    return list(changed)


async def withdraw(app: App, keys: Iterable[str], *, by: Moderator | None) -> list[str]:
    """Take choices back, so that the defaults hold again. Like `choose`."""
    return await choose(app, dict.fromkeys(keys), by=by)


def _differs(app: App, key: str, value: Any) -> bool:
    """Tell whether choosing a value changes anything; one that equals the default is a choice all the same."""
    choice = choices.kept(app).get(key)
    if value is None:
        return choice is not None
    if key in choices.SECRETS or choice is not None:
        return choice is None or choice.value != value
    return key not in choices.changeable() or choices.setting(app, key).value != value


async def _note(app: App, key: str, value: Any, by: Moderator | None) -> None:
    secret = key in choices.SECRETS
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=UNSET if value is None else SET,
        target_type="setting",
        target=key,
        detail={"via": "" if by else "command line", "value": None if secret or value is None else _short(value)},
    )


def _short(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= MAX_NOTED else f"{text[:MAX_NOTED]}…"
