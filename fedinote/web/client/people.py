"""People and posts of other servers, for members: the profile and the thread as this server knows them."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts.models import Account
from fedinote.federation import backfill, refreshing, resolve
from fedinote.federation import threads as completing
from fedinote.infra.errors import NotFound
from fedinote.media import remote
from fedinote.posts import threads
from fedinote.text.urls import safe_url
from fedinote.timelines import queries
from fedinote.timelines.queries import Profile
from fedinote.timelines.window import Window
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client import cursor, emojis, notices
from fedinote.web.client.accounts import relation
from fedinote.web.client.items import Item
from fedinote.web.client.shown import fragment, lines
from fedinote.web.pages import NOTHING, page, query, redirect, wants_part

TABS: dict[str, Profile] = {
    "": Profile(exclude_replies=True),
    "replies": Profile(),
    "media": Profile(only_media=True),
}
"""What the tabs of a profile show, by name."""
_PINNED = Profile(pinned=True)
_MAX_NAME = 320


@dataclass(frozen=True, slots=True)
class Thread:
    """A post with what it answers and what answers it, as one reader may and wants to see them."""

    above: list[Item]
    post: Item
    below: list[Item]


async def thread(request: Request, here: Visit, post_id: int) -> Thread:
    """Return the thread of a post, for whoever reads; its unknown parts are asked for. `NotFound`."""
    viewer = None if here.person is None else here.viewer
    above, below = await threads.context(here.app, None if viewer is None else viewer.account_id, post_id)
    found = await lines(request, here, [*above, post_id, *below], "thread")
    shown = {one.id: one for one in found}
    if post_id not in shown:
        raise NotFound(NOTHING)
    await completing.opened(here.app, post_id, stranger=viewer is None)
    return Thread(
        [shown[one] for one in above if one in shown], shown[post_id], [shown[one] for one in below if one in shown]
    )


async def profile(request: Request) -> Response:
    """GET /@{name}@{domain}: somebody elsewhere, as far as this server knows them; for members.

    Who is not known yet is asked for at their server. Visitors are sent to sign in.
    """
    here = await browser.member(request)
    account = await _account(here, request)
    if account.domain == "":
        return redirect(f"/@{account.username}")
    tab = query(request).get("show", "")
    if tab not in TABS:
        raise NotFound(NOTHING)
    await backfill.opened(here.app, account.id, stranger=False)
    await refreshing.soon(here.app, account.id)
    return await _profile(request, here, account, tab)


async def _account(here: Visit, request: Request) -> Account:
    handle = f"{request.path_params['name']}@{request.path_params['domain']}"
    found = await resolve.account(here.app, handle) if len(handle) <= _MAX_NAME else None
    account = None if found is None else await Account.get_or_none(id=found, using_db=here.app.db.orm)
    if account is None:
        raise NotFound(NOTHING)
    return account


async def _profile(request: Request, here: Visit, account: Account, tab: str) -> Response:
    app, me = here.app, here.member.account_id
    asked = cursor.window(request)
    found = await queries.account(app, me, account.id, asked, TABS[tab])
    part = cursor.part(found, asked)
    pinned = await _pinned(request, here, account.id) if part.first and not tab else []
    above = {one.id for one in pinned}
    shown: dict[str, Any] = {
        "items": await lines(request, here, [one for one in part.ids if one not in above], "account"),
        "older": part.older,
        "first": part.first,
        "path": f"/@{account.username}@{account.domain}",
        "more": {"show": tab} if tab else {},
    }
    if wants_part(request):
        return await fragment(request, here, "client/_items.html", **shown)
    who = (await notices.who(app, [account.id])).get(account.id)
    if who is None:
        raise NotFound(NOTHING)
    values: dict[str, Any] = {
        "account": account,
        "who": who,
        "person": who.person,
        "relation": await relation(here, account.id),
        "tab": tab,
        "pinned": pinned,
        "header": f"/media/{account.header}" if account.header else _header(here, account),
        "moved": safe_url(account.moved_to_uri or ""),
        "note": emojis.in_html(account.note, emojis.pictures(app, await _emojis(here, account.id))),
        "counts": _counts(account),
    }
    return await shell.show(request, here, "client/person.html", **values, **shown)


def _counts(account: Account) -> tuple[int, int, int]:
    """Return posts, follows and followers: what their own server says where it says more than this one knows."""
    pairs = (
        (account.statuses_count, account.statuses_elsewhere),
        (account.following_count, account.following_elsewhere),
        (account.followers_count, account.followers_elsewhere),
    )
    posts, following, followers = (max(here, there or 0) for here, there in pairs)
    return posts, following, followers


async def _emojis(here: Visit, account_id: int) -> str | None:
    found: str | None = await here.app.db.value("SELECT emojis AS value FROM accounts WHERE id = ?", account_id)
    return found


def _header(here: Visit, account: Account) -> str:
    return remote.address(here.app, "header", account.id, account.header_remote)


async def _pinned(request: Request, here: Visit, account_id: int) -> list[Item]:
    window = Window(5)
    found = await queries.account(here.app, here.member.account_id, account_id, window, _PINNED)
    return await lines(request, here, found.ids, "account")


async def post(request: Request) -> Response:
    """GET /@{name}@{domain}/{id}: a post from elsewhere with its thread; for members."""
    here = await browser.member(request)
    found = await thread(request, here, cursor.of_path(request, "post_id"))
    person = found.post.card.person
    asked = f"{request.path_params['name']}@{request.path_params['domain']}".lower()
    if found.post.card.local:
        return redirect(found.post.card.link)
    if f"{person.username}@{person.domain}".lower() != asked:
        return redirect(found.post.link)
    return await shell.show(request, here, "client/thread.html", thread=found, item=found.post)


ROUTES = (
    Route("/@{name}@{domain}", page(profile), methods=["GET"]),
    Route("/@{name}@{domain}/{post_id:int}", page(post), methods=["GET"]),
)
