"""The password, asked for once more before what cannot be taken back."""

from collections.abc import Mapping

from starlette.requests import Request

from fedinote.auth import limits, users
from fedinote.infra.errors import Forbidden, Unauthorized
from fedinote.web.browser import Visit
from fedinote.web.pages import address


async def check(request: Request, here: Visit, values: Mapping[str, str]) -> None:
    """Raise `Forbidden` unless the form has the member's password, `TooMany` after ten tries in ten minutes."""
    limits.attempt(here.app, f"password:user:{here.member.user_id}", limits.PASSWORD)
    try:
        await users.check_password(here.app, here.member.username, values.get("password", ""), address=address(request))
    except Unauthorized:
        raise Forbidden("The password is wrong") from None
