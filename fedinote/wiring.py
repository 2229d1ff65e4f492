"""What follows what: EVENT → reactions, JOB → function, PERIODIC → function. Nothing is registered anywhere else.

Reactions run in the order given, in the transaction of their cause.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fedinote import events
from fedinote.auth import oauth, sessions
from fedinote.auth import reactions as logins
from fedinote.federation import delivery, inbox, outgoing, resolve
from fedinote.infra import jobs
from fedinote.infra.app import App, Reaction
from fedinote.infra.jobs import JobFunction
from fedinote.media import sweeping
from fedinote.moderation import announcements, audit
from fedinote.notifications import reactions as notify
from fedinote.posts import polls, scheduling
from fedinote.relations import blocks, domains
from fedinote.timelines import conversations, fanout, lists, live

PeriodicFunction = Callable[[App], Awaitable[Any]]

EVENTS: Mapping[type, Sequence[Reaction]] = {
    events.PostPublished: (
        fanout.on_post_published,
        notify.on_post_published,
        conversations.on_post_published,
        outgoing.on_post_published,
        live.on_post_published,
    ),
    events.PostEdited: (
        notify.on_post_edited,
        conversations.on_post_edited,
        outgoing.on_post_edited,
        live.on_post_edited,
    ),
    events.PostDeleted: (
        outgoing.on_post_deleted,
        live.on_post_deleted,
        conversations.on_post_deleted,
        notify.on_post_deleted,
    ),
    events.Boosted: (fanout.on_boosted, notify.on_boosted, outgoing.on_boosted, live.on_boosted),
    events.Favourited: (notify.on_favourited, outgoing.on_favourited),
    events.Unfavourited: (notify.on_unfavourited, outgoing.on_unfavourited),
    events.Pinned: (outgoing.on_pinned,),
    events.PollVoted: (outgoing.on_poll_voted,),
    events.PollClosed: (notify.on_poll_closed, outgoing.on_poll_closed),
    events.FollowRequested: (notify.on_follow_requested, outgoing.on_follow_requested),
    events.FollowAccepted: (fanout.on_follow_accepted, notify.on_follow_accepted, outgoing.on_follow_accepted),
    events.FollowRejected: (
        fanout.on_unfollowed,
        lists.on_unfollowed,
        notify.on_unfollowed,
        outgoing.on_follow_rejected,
    ),
    events.Unfollowed: (fanout.on_unfollowed, lists.on_unfollowed, notify.on_unfollowed, outgoing.on_unfollowed),
    events.Blocked: (lists.on_blocked, conversations.on_blocked, outgoing.on_blocked),
    events.Unblocked: (outgoing.on_unblocked,),
    events.ProfileUpdated: (outgoing.on_profile_updated,),
    events.AccountJoined: (notify.on_account_joined,),
    events.AccountSuspended: (logins.on_account_suspended, outgoing.on_account_suspended),
    events.ReportFiled: (notify.on_report_filed, outgoing.on_report_filed),
    events.PolicyApplied: (audit.on_policy_applied,),
    events.AnnouncementPublished: (live.on_announcement_published,),
    events.AnnouncementRemoved: (live.on_announcement_removed,),
}

JOBS: Mapping[str, JobFunction] = {
    inbox.JOB: inbox.process,
    resolve.ANCESTOR_JOB: resolve.fetch_ancestor,
    outgoing.POLL_UPDATE_JOB: outgoing.update_poll,
    polls.CLOSE_JOB: polls.close,
    scheduling.PUBLISH_JOB: scheduling.publish,
    domains.PART_JOB: domains.part,
    announcements.TELL_JOB: announcements.tell,
}

PERIODIC: Sequence[tuple[timedelta, PeriodicFunction]] = (
    (timedelta(minutes=10), delivery.tidy),
    (timedelta(hours=1), jobs.tidy),
    (timedelta(minutes=10), blocks.forget_expired_mutes),
    (timedelta(hours=6), fanout.trim),
    (timedelta(hours=1), sweeping.sweep),
    (timedelta(hours=1), sessions.prune),
    (timedelta(hours=1), oauth.prune),
)
