"""Pages in their frame: the reader's language, who is signed in, the navigation, and a notice from the step before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fedinote.infra.app import App
from fedinote.moderation import moderator
from fedinote.moderation.house import first_steps, texts
from fedinote.moderation.moderator import Power
from fedinote.notifications import queries
from fedinote.notifications.queries import Wanted
from fedinote.web import browser, templating
from fedinote.web.browser import Visit

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# "same-origin", not "no-referrer": with that one browsers send `Origin: null` with our own forms.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ME = "SELECT a.display_name, a.avatar FROM accounts a WHERE a.id = ?"


class Token:
    """The token of the forms on a page, made when the first one needs it: only then does a visitor get a cookie."""

    __slots__ = ("here", "made")

    def __init__(self, here: Visit) -> None:
        self.here = here
        self.made = ""

    def __str__(self) -> str:
        self.made = self.made or self.here.form_token()
        return self.made

    def keep(self, response: Response) -> None:
        """Give a visitor the cookie to which the forms of this page are bound, if it has any."""
        if self.made:
            self.here.keep(response)
            response.headers["Cache-Control"] = HEADERS["Cache-Control"]


@dataclass(frozen=True, slots=True)
class Me:
    """The member who looks, as the frame shows them. `picture` is a path of ours, "" when there is none."""

    id: int
    username: str
    handle: str
    name: str
    picture: str
    role: str
    unread: int

    @property
    def initial(self) -> str:
        """What stands in the place of a picture."""
        return (self.name or "?")[0].upper()

    @property
    def powers(self) -> Power:
        """What their role may do (nothing for members); for what is shown, not for what is allowed."""
        return moderator.powers(self.role)


async def show(
    request: Request,
    here: Visit,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    form_action: bool = True,
    **values: Any,
) -> HTMLResponse:
    """Return a page in its frame. Values are escaped in the template; nothing inline is allowed to run.

    `form_action` False leaves that directive out: Chromium applies it to the redirect that follows a form too, and an
    app's log-in would hang. No Cross-Origin-Opener-Policy is set, because apps open the log-in in a popup.
    Two queries for a member, none for a visitor.
    """
    notice = browser.notice(request, here)
    me, token = await _me(here.app, here), Token(here)
    frame: dict[str, Any] = {"me": me, "unread": me.unread if me else 0, "path": request.url.path, "notice": notice}
    frame["first_steps"] = me is not None and me.role == "owner" and await first_steps.waiting(here.app)
    frame["has_privacy"] = texts.has(here.app.settings, texts.PRIVACY)
    html = templating.render(here.app, template, here.words, {**_common(request, here, token), **frame, **values})
    policy = f"{CSP}; form-action 'self'" if form_action else CSP
    answer = {**HEADERS, "Content-Language": here.words.tag, "Content-Security-Policy": policy, **(headers or {})}
    if me is not None:
        answer["Cache-Control"] = HEADERS["Cache-Control"]
    response = HTMLResponse(html, status, headers=answer)
    if notice:
        browser.drop_notice(here.app, response)
    token.keep(response)
    return response


async def fragment(
    request: Request,
    here: Visit,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """Return a part of a page, for our own scripts to put into one."""
    token = Token(here)
    html = templating.render(here.app, template, here.words, {**_common(request, here, token), **values})
    answer = {**HEADERS, "Content-Language": here.words.tag, "Content-Security-Policy": CSP, **(headers or {})}
    response = HTMLResponse(html, status, headers=answer)
    token.keep(response)
    return response


async def say(
    request: Request,
    here: Visit,
    title: str,
    text: str,
    *,
    status: int = 200,
    link: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a page that says one thing, in words that are translated already; `link` is (address, words)."""
    return await show(request, here, "message.html", status=status, headers=headers, title=title, text=text, link=link)


def _common(request: Request, here: Visit, token: Token) -> dict[str, Any]:
    return {
        "here": here,
        "form_token": token,
        "theme": browser.theme(request),
        "shortcuts": browser.shortcuts(request),
        "instance": here.app.settings.instance,
        "host": here.app.settings.handle_host,
        "now": here.app.now(),
    }


async def _me(app: App, here: Visit) -> Me | None:
    person = here.person
    if person is None:
        return None
    row = await app.db.row(_ME, person.account_id)
    if row is None:
        return None
    return Me(
        id=person.account_id,
        username=person.username,
        handle=f"@{person.username}@{app.settings.handle_host}",
        name=row["display_name"].strip() or person.username,
        picture=f"/media/{row['avatar']}" if row["avatar"] else "",
        role=person.role,
        unread=await queries.unread_count(app, person.account_id, Wanted()),
    )
