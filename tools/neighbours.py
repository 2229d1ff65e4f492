"""The other servers of the showcase: blocked, allowed, unknown, advised about. Nothing is asked of the network."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from fedinote.auth import users
from fedinote.bootstrap import running
from fedinote.federation.models import Host
from fedinote.infra.app import App
from fedinote.infra.settings import load
from fedinote.moderation.automatic import rules
from fedinote.moderation.lists import entries as advised
from fedinote.moderation.lists import sources
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.pictures import entries, library
from fedinote.moderation.pictures.entries import About
from fedinote.moderation.servers import acquaintances, allows, domain_imports, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import publishing
from fedinote.posts.drafts import Mention, NewPost
from fedinote.relations import follows
from fedinote.timelines.window import Window
from tests.relations.people import person

LOUD, GONE, STRANGER, FRIEND = "loud.example", "noise.example", "islas.example", "friend.example"
HELLO = "¡Hola! Acabo de llegar y me gusta mucho esta casa. ¿Alguien conoce un buen té verde?"
FILE = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
bad.example,suspend,false,false,Harassment in waves,false
meh.example,silence,true,true,Adverts without a language,false
gossip.example,silence,false,false,,false
<b>no</b>,suspend,,,,
"""
ADVICE = (
    Advice("shouting.example", "suspend", reason="Insults that nobody moderates"),
    Advice("copycat.example", "silence", reject_media=True, reason="コピーされた画像が多いサーバーです。"),
    Advice("beacon.example", accepted=True, reason="Well moderated for years"),
    Advice("prices.example", "noop", advisory=True, reason="Anuncios que se repiten"),
)


def make(environment: Mapping[str, str], owner: str, post_id: str) -> dict[str, str]:
    """Fill the pages about servers and known pictures; return ids, by what they are.

    `post_id` is of a post with pictures. It is done beside the running server, on its database.
    """
    ours = {name: value for name, value in environment.items() if name.startswith("FEDINOTE_")}

    async def work() -> dict[str, str]:
        async with running(load(None, ours)) as app:
            return await _fill(app, owner, int(post_id))

    # In a thread of its own: a browser's driver may have its event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work()).result()


async def _fill(app: App, owner: str, post_id: int) -> dict[str, str]:
    login = await users.by_login(app, owner)
    assert login is not None
    by = Moderator(login.account_id, login.id, login.role)
    gone = await _blocked(app, by)
    await _unknown(app, by)
    await allows.allow(app, FRIEND, by=by)
    handed = await domain_imports.begin(app, "block", "neighbours.csv", FILE.encode(), by=by)
    (first, *_) = await domain_imports.page(app, handed, ("new",))
    await domain_imports.apply(app, handed, [first.id], by=by)
    return {
        "block": str(gone),
        "stranger": STRANGER,
        "loss": str(await app.db.value("SELECT MAX(id) AS value FROM severances")),
        "file": str(handed),
        "list": str(await _list(app, by)),
        "rule": str(await app.db.value("SELECT MIN(id) AS value FROM rules")),
        **await _pictures(app, by, post_id),
    }


async def _blocked(app: App, by: Moderator) -> int:
    """Have a loud server that one may block, and one that is blocked, with follows that ended; return that block."""
    for name, domain in (("ines", LOUD), ("rumour", LOUD), ("friend", GONE), ("fan", GONE)):
        somebody = await person(app, name, domain, display_name=name.title())
        pair = (somebody, by.account_id) if name == "fan" else (by.account_id, somebody)
        if name != "rumour":
            await follows.request(app, *pair)
            await follows.accept(app, *pair)
    for domain in (LOUD, GONE, STRANGER):
        await Host.create(using_db=app.db.orm, host=domain, last_seen_at=app.now())
    terms = Terms(public_comment="Spam in waves", private_comment="The wave of May", warning="Noise")
    made = await domains.block(app, GONE, terms, by=by)
    await domains.block(
        app, "rumours.example", Terms(severity="silence", public_comment="謠言很多", obfuscate=True), by=by
    )
    assert made.block is not None
    return int(made.block.id)


async def _unknown(app: App, by: Moderator) -> None:
    """Have servers at first contact: with an answer that waits, kept apart, let in."""
    author = await person(app, "ada", STRANGER, display_name="Ada de las Islas")
    for name in ("far.example", "mail.example", FRIEND):
        await person(app, "someone", name)
    mention = Mention(by.account_id, "house", "house", app.url("/@house"))
    words = f"<p>@house {HELLO}</p>"
    hello = NewPost(
        author_id=author, visibility="public", content=words, created_at=app.now(), language="es",
        uri=f"https://{STRANGER}/posts/1", mentions=(mention,),
    )  # fmt: skip
    await publishing.store(app, hello)
    await acquaintances.keep_apart(app, "far.example", by=by, why="Sends the same advert to everybody")
    await acquaintances.approve(app, FRIEND, by=by, why="Known for years")


async def _list(app: App, by: Moderator) -> int:
    wanted = sources.Wanted("csv", "https://lists.example/harbour.csv", "Harbour watch", "silence", days=90)
    source_id = await sources.add(app, wanted, by=by)
    async with app.db.transaction():
        await advised.take(app, await sources.get(app, source_id), ADVICE)
    first = (await advised.page(app, Window(5).sql))[-1]
    await advised.apply(app, first["id"], by=by)
    return source_id


async def _pictures(app: App, by: Moderator, post_id: int) -> dict[str, str]:
    """Have a set of known pictures with a rule about it, and rules in every state."""
    wanted = library.Wanted("adverts", "our own", "Sent again and again")
    made = await library.create(app, wanted, by=by)
    await entries.add_post(app, made["id"], post_id, About("Hills that sell watches", "a report"), by=by)
    day = app.now() + timedelta(days=30)
    known: tuple[tuple[str, Mapping[str, Any], str, str], ...] = (
        ("pictures", {"set": "adverts"}, "hold", "Known adverts"),
        ("links", {"hosts": ["shop.example"]}, "sensitive", "Tienda sin tienda"),
        ("newcomers", {"days": 2, "doing": "links"}, "hold", "新しい人のリンク"),
    )
    for number, (kind, terms, action, title) in enumerate(known):
        rule = await rules.create(app, rules.Wanted(kind, terms, action, title, "Tried first", expires_at=day), by=by)
        if number < 2:
            await rules.switch(app, rule["id"], "on", by=by)
    return {"set": str(made["id"])}
