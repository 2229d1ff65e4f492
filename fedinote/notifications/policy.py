"""What a person wants to hear from whom: a policy, and the condition by which it judges each new notification.

Of those who match a rule, notifications are accepted, filtered (kept apart as requests) or dropped (never made). Rules
and defaults are Mastodon's: https://docs.joinmastodon.org/entities/NotificationPolicy/
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Invalid

LEVELS = ("accept", "filter", "drop")
FILTERABLE = (
    "mention", "quote", "reblog", "follow", "follow_request", "favourite", "reaction", "translation_suggestion",
)  # fmt: skip
"""The kinds that a policy judges: what moderators are told, and what a person asked for, always comes."""
NEW_FOLLOWER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Policy:
    """One of LEVELS for each kind of sender. `for_not_followers` counts those as well who follow since three days.

    `for_strangers` are those whom nobody follows whom the person follows, as far as this server knows.
    `new_account_days`: up to which age `for_new_accounts` counts an account as new.
    """

    for_not_following: str = "accept"
    for_not_followers: str = "accept"
    for_new_accounts: str = "accept"
    for_private_mentions: str = "filter"
    for_limited_accounts: str = "filter"
    for_bots: str = "accept"
    for_strangers: str = "accept"
    new_account_days: int = 30


DAYS = "new_account_days"
MOST_DAYS = 365
RULES = tuple(field.name for field in fields(Policy) if field.name != DAYS)
_DEFAULTS = {name: LEVELS.index(level) for name, level in asdict(Policy()).items() if name != DAYS}
_COLUMNS = f"{', '.join(RULES)}, {DAYS}"


async def get(app: App, account_id: int) -> Policy:
    """Return a person's policy, or the defaults."""
    row = await app.db.row(
        f"SELECT {_COLUMNS} FROM notification_policies WHERE account_id = ?",  # noqa: S608
        account_id,
    )
    if row is None:
        return Policy()
    return Policy(**{name: LEVELS[row[name]] for name in RULES}, new_account_days=row[DAYS])


async def update(app: App, account_id: int, changes: Mapping[str, str], days: int | None = None) -> Policy:
    """Change rules by name, and the days of new accounts; what is not named stays.

    Raises Invalid for what is none of LEVELS, and for less than one day or more than MOST_DAYS.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid(f"Validation failed: The days of new accounts must be between 1 and {MOST_DAYS}")
    unknown = [name for name, level in changes.items() if name not in RULES or level not in LEVELS]
    if unknown:
        raise Invalid(f"Validation failed: {unknown[0]} must be one of: {', '.join(LEVELS)}")
    async with app.db.transaction():
        new = {**asdict(await get(app, account_id)), **changes, **({} if days is None else {DAYS: days})}
        names = (*RULES, DAYS)
        await app.db.execute(
            f"INSERT INTO notification_policies (account_id, {_COLUMNS}) VALUES (?{', ?' * len(names)})"  # noqa: S608
            f" ON CONFLICT (account_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names)}",
            account_id,
            *(LEVELS.index(new[name]) for name in RULES),
            new[DAYS],
        )
    return Policy(**new)


# `a` is the recipient, `s` the sender, `p` the post (if any), `np` the recipient's policy (if any).
JOIN = "LEFT JOIN notification_policies np ON np.account_id = a.id"
_STRANGER = """NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = a.id AND f.target_id = s.id AND f.accepted)"""
# Within a conversation in which the recipient wrote to the sender in private, an answer is no surprise.
_UNASKED = """(p.visibility = 'direct' AND (p.in_reply_to_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM posts q JOIN post_mentions qm ON qm.post_id = q.id AND qm.account_id = s.id AND NOT qm.silent
    WHERE q.conversation_id = p.conversation_id AND q.account_id = a.id AND q.visibility = 'direct')))"""
_CONDITIONS = {
    "for_limited_accounts": f"s.silenced_at IS NOT NULL AND {_STRANGER}",
    "for_bots": f"s.actor_type IN ('Service', 'Application') AND {_STRANGER}",
    "for_not_following": _STRANGER,
    "for_not_followers": """NOT EXISTS (SELECT 1 FROM follows f
        WHERE f.follower_id = s.id AND f.target_id = a.id AND f.accepted AND f.created_at <= CAST(? AS BIGINT))""",
    "for_new_accounts": f"""s.created_at > CAST(? AS BIGINT) - COALESCE(np.{DAYS}, {Policy().new_account_days})
        * CAST({timedelta(days=1) // timedelta(milliseconds=1)} AS BIGINT) AND {_STRANGER}""",
    "for_private_mentions": f"{_UNASKED} AND {_STRANGER}",
    "for_strangers": f"""{_STRANGER} AND NOT EXISTS (SELECT 1 FROM follows f JOIN follows g
        ON g.follower_id = f.target_id AND g.target_id = s.id AND g.accepted
        WHERE f.follower_id = a.id AND f.accepted)""",  # noqa: S608  constants
}
_LET_IN = """EXISTS (SELECT 1 FROM notification_permissions pm
    WHERE pm.account_id = a.id AND pm.from_account_id = s.id)"""
_RANK = "CASE {role} WHEN 'owner' THEN 3 WHEN 'admin' THEN 2 WHEN 'moderator' THEN 1 ELSE 0 END"
# What the staff here writes to members must reach them.
_STAFF = f"""(s.domain = '' AND EXISTS (SELECT 1 FROM users su JOIN users au ON au.account_id = a.id
    WHERE su.account_id = s.id AND {_RANK.format(role="su.role")} > {_RANK.format(role="au.role")}))"""  # noqa: S608


def _matches(level: int, *, mention: bool) -> str:
    rules = [
        f"(COALESCE(np.{rule}, {_DEFAULTS[rule]}) = {level} AND {condition})"
        for rule, condition in _CONDITIONS.items()
        if mention or rule != "for_private_mentions"
    ]
    let_in = f"({_LET_IN} OR {_STAFF})" if mention else _LET_IN
    return f"({' OR '.join(rules)}) AND NOT {let_in}"


_VERDICTS = {
    mention: f"CASE WHEN {_matches(2, mention=mention)} THEN 2 WHEN {_matches(1, mention=mention)} THEN 1 ELSE 0 END"
    for mention in (True, False)
}


def verdict(app: App, kind: str) -> tuple[str, list[int]]:
    """Return the SQL expression that judges a new notification of this kind (an index into LEVELS), and its parameters.

    It speaks of `a`, `s`, `p` and, by JOIN, `np`. A rule that drops counts before one that filters.
    """
    if kind not in FILTERABLE:
        return "0", []
    now = app.now()
    times = [to_ms(now - NEW_FOLLOWER), to_ms(now)]
    return _VERDICTS[kind == "mention"], times + times
