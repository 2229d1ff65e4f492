"""What follows what: EVENT → reactions, JOB → function, PERIODIC → function, and RENEWALS. Nothing is registered
anywhere else.

Reactions run in the order given, in the transaction of their cause.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fedinote import events
from fedinote.accounts import links
from fedinote.api import instance, pushing
from fedinote.auth import challenges, oauth, refusals, sessions
from fedinote.auth import reactions as logins
from fedinote.federation import (
    actors,
    assertions,
    backfill,
    boards,
    crediting,
    curating,
    delivery,
    departures,
    figures,
    groups,
    inbox,
    moves,
    outgoing,
    partings,
    quoting,
    reacting,
    refreshes,
    refreshing,
    relays,
    resolve,
    showcases,
    synchronisation,
    threads,
)
from fedinote.infra import choices, jobs
from fedinote.infra.app import App, Reaction, Renewal
from fedinote.infra.jobs import JobFunction
from fedinote.media import processing, remote_files, sweeping
from fedinote.moderation import audit, many
from fedinote.moderation.automatic import foreign, held, later, rejudging, trials
from fedinote.moderation.automatic import rules as moderation_rules
from fedinote.moderation.cases import finality, wording
from fedinote.moderation.house import announcements, house_rules
from fedinote.moderation.lists import entries as list_entries
from fedinote.moderation.lists import sources as list_sources
from fedinote.moderation.pictures import looking as pictures
from fedinote.moderation.servers import domain_changes, domain_imports
from fedinote.moderation.servers import domains as blocked_domains
from fedinote.notifications import reactions as notify
from fedinote.notifications import requests as notice_requests
from fedinote.notifications import severances, subscriptions, warnings
from fedinote.portability import archive_imports, archives, imports
from fedinote.posts import annual_reports, attached, holding, polls, purging, quotes, scheduling
from fedinote.previews import cards
from fedinote.relations import blocks, domains, endorsements, moving
from fedinote.search import crossing, index, translated
from fedinote.timelines import conversations, fanout, lists, live, trends
from fedinote.translation import (
    accounting,
    ahead,
    budgets,
    cache,
    forgetting,
    glossary_renewing,
    routing,
    suggestions,
    withdrawing,
)
from fedinote.web.desk import sending

PeriodicFunction = Callable[[App], Awaitable[Any]]

EVENTS: Mapping[type, Sequence[Reaction]] = {
    events.PostPublished: (
        index.on_post_published,
        fanout.on_post_published,
        notify.on_post_published,
        conversations.on_post_published,
        groups.on_post_published,
        outgoing.on_post_published,
        relays.on_post_published,
        live.on_post_published,
        threads.on_post_published,
        cards.on_post_published,
        ahead.on_post_published,
        foreign.on_post_published,
        pictures.on_post_published,
    ),
    events.PostEdited: (
        index.on_post_edited,
        translated.on_post_edited,
        notify.on_post_edited,
        conversations.on_post_edited,
        outgoing.on_post_edited,
        relays.on_post_edited,
        cards.on_post_edited,
        live.on_post_edited,
        ahead.on_post_edited,
        foreign.on_post_edited,
    ),
    events.PostTranslated: (translated.on_post_translated, live.on_post_translated, rejudging.on_post_translated),
    events.PostWithdrawn: (live.on_post_deleted,),
    events.AnswerRefused: (notify.on_answer_refused,),
    events.VersionsChanged: (
        index.on_versions_changed,
        outgoing.on_versions_changed,
        relays.on_versions_changed,
        live.on_versions_changed,
        ahead.on_post_edited,
    ),
    events.TranslationSuggested: (notify.on_translation_suggested,),
    events.SuggestionEnded: (notify.on_suggestion_ended,),
    events.PostDeleted: (
        quotes.on_post_deleted,
        outgoing.on_post_deleted,
        relays.on_post_deleted,
        live.on_post_deleted,
        conversations.on_post_deleted,
        notify.on_post_deleted,
        cards.on_post_deleted,
        remote_files.on_post_deleted,
        forgetting.on_post_deleted,
    ),
    events.Boosted: (fanout.on_boosted, notify.on_boosted, outgoing.on_boosted, live.on_boosted),
    events.Favourited: (notify.on_favourited, outgoing.on_favourited),
    events.Unfavourited: (notify.on_unfavourited, outgoing.on_unfavourited),
    events.Reacted: (notify.on_reacted, reacting.on_reacted, live.on_reacted),
    events.Unreacted: (notify.on_unreacted, reacting.on_unreacted, live.on_reacted),
    events.QuoteMade: (notify.on_quote_made, quoting.on_quote_made),
    events.QuoteChanged: (notify.on_quote_changed, quoting.on_quote_changed, live.on_quote_changed),
    events.QuotePolicyChanged: (quoting.on_quote_policy_changed,),
    events.PostWishChanged: (
        withdrawing.on_post_wish_changed,
        translated.on_post_wish_changed,
        quoting.on_post_wish_changed,
    ),
    events.AccountWishChanged: (
        withdrawing.on_account_wish_changed,
        translated.on_account_wish_changed,
    ),
    events.Pinned: (outgoing.on_pinned,),
    events.PollVoted: (outgoing.on_poll_voted,),
    events.PollClosed: (notify.on_poll_closed, outgoing.on_poll_closed),
    events.FollowRequested: (notify.on_follow_requested, outgoing.on_follow_requested),
    events.FollowAccepted: (
        fanout.on_follow_accepted,
        notify.on_follow_accepted,
        outgoing.on_follow_accepted,
        backfill.on_follow_accepted,
    ),
    events.FollowRejected: (
        fanout.on_unfollowed,
        lists.on_unfollowed,
        notify.on_unfollowed,
        outgoing.on_follow_rejected,
        endorsements.on_unfollowed,
    ),
    events.Unfollowed: (
        fanout.on_unfollowed,
        lists.on_unfollowed,
        notify.on_unfollowed,
        outgoing.on_unfollowed,
        endorsements.on_unfollowed,
    ),
    events.Blocked: (lists.on_blocked, conversations.on_blocked, outgoing.on_blocked),
    events.Unblocked: (outgoing.on_unblocked,),
    events.Unmuted: (fanout.on_unmuted,),
    events.ProfileUpdated: (outgoing.on_profile_updated, links.on_profile_updated),
    events.AccountJoined: (assertions.on_account_joined, notify.on_account_joined),
    events.AccountSuspended: (
        logins.on_account_suspended,
        outgoing.on_account_suspended,
        remote_files.on_account_suspended,
    ),
    events.AccountDeleted: (
        logins.on_account_deleted,
        departures.on_account_deleted,
        suggestions.on_account_deleted,
        purging.on_account_deleted,
        remote_files.on_account_deleted,
        finality.on_account_deleted,
        severances.on_account_deleted,
    ),
    events.AccountMoved: (moving.on_account_moved, moves.on_account_moved),
    events.CollectionChanged: (curating.on_collection_changed,),
    events.MemberAsked: (curating.on_member_asked,),
    events.BoardChanged: (boards.on_board_changed,),
    events.BoardItemChanged: (boards.on_board_item_changed,),
    events.PostImported: (index.on_post_imported,),
    events.MemberChanged: (curating.on_member_changed,),
    events.ReportFiled: (notify.on_report_filed, outgoing.on_report_filed),
    events.PolicyApplied: (audit.on_policy_applied,),
    events.RuleCaught: (moderation_rules.on_rule_caught,),
    events.PostMarked: (later.on_post_marked,),
    events.PictureKnown: (pictures.on_picture_known,),
    events.PreviewAttached: (live.on_preview_attached,),
    events.CreatorNamed: (crediting.on_creator_named,),
    events.RelationshipsSevered: (severances.on_relationships_severed,),
    events.AccountWarned: (warnings.on_account_warned, sending.on_account_warned, wording.on_account_warned),
    events.AppealAnswered: (warnings.on_appeal_answered,),
    events.FollowsSevered: (partings.on_follows_severed,),
    events.AnnouncementPublished: (live.on_announcement_published,),
    events.AnnouncementRemoved: (live.on_announcement_removed,),
    events.AnnouncementReacted: (live.on_announcement_reacted,),
}

JOBS: Mapping[str, JobFunction] = {
    inbox.JOB: inbox.process,
    quoting.VERIFY_JOB: quoting.verify,
    resolve.ANCESTOR_JOB: resolve.fetch_ancestor,
    actors.FOLLOW_UP_JOB: showcases.follow_up,
    refreshing.REFRESH_JOB: refreshing.refresh,
    links.VERIFY_JOB: links.verify,
    threads.JOB: threads.fetch,
    backfill.JOB: backfill.fetch,
    outgoing.POLL_UPDATE_JOB: outgoing.update_poll,
    synchronisation.JOB: synchronisation.synchronise,
    partings.JOB: partings.tell,
    polls.CLOSE_JOB: polls.close,
    purging.PURGE_JOB: purging.purge,
    attached.UNCREDIT_JOB: attached.uncredit,
    glossary_renewing.JOB: glossary_renewing.renew,
    scheduling.PUBLISH_JOB: scheduling.publish,
    domains.PART_JOB: domains.part,
    domain_imports.JOB: domain_imports.work,
    moving.CARRY_JOB: moving.carry,
    announcements.TELL_JOB: announcements.tell,
    processing.JOB: processing.process,
    pictures.JUDGE_JOB: pictures.judge,
    pictures.LOOK_JOB: pictures.look,
    remote_files.FORGET_JOB: remote_files.forget,
    live.REACTIONS_JOB: live.tell_reactions,
    annual_reports.JOB: annual_reports.make,
    imports.JOB: imports.work,
    archives.JOB: archives.make,
    archive_imports.JOB: archive_imports.work,
    subscriptions.PUSH_JOB: pushing.push,
    ahead.JOB: ahead.translate_post,
    ahead.PROFILE_JOB: ahead.translate_profile,
    foreign.JOB: foreign.read,
    rejudging.JOB: rejudging.translated,
    trials.JOB: trials.work,
    notice_requests.MERGE_JOB: notice_requests.merge,
    notice_requests.FORGET_JOB: notice_requests.forget,
    cards.FETCH_JOB: cards.fetch,
    crediting.CREDIT_JOB: crediting.credit,
    wording.JOB: wording.word,
}

RENEWALS: Sequence[Renewal] = (
    routing.on_settings_renewed,
    accounting.on_settings_renewed,
    crossing.on_settings_renewed,
    house_rules.on_settings_renewed,
    instance.on_settings_renewed,
)
"""What is made from the settings, and made anew when one of them is changed while the server runs."""

PERIODIC: Sequence[tuple[timedelta, PeriodicFunction]] = (
    (timedelta(seconds=5), choices.catch_up),
    (timedelta(seconds=1), index.catch_up),
    (timedelta(minutes=10), delivery.tidy),
    (timedelta(hours=1), jobs.tidy),
    (timedelta(hours=6), refreshes.tidy),
    (timedelta(hours=1), quoting.check_again),
    (timedelta(minutes=10), blocks.forget_expired_mutes),
    (timedelta(hours=6), fanout.trim),
    (timedelta(hours=1), sweeping.sweep),
    (timedelta(minutes=10), remote_files.tidy),
    (timedelta(hours=24), remote_files.sweep),
    (timedelta(minutes=5), figures.sample),
    (timedelta(hours=6), figures.tidy),
    (timedelta(hours=1), finality.purge),
    (timedelta(minutes=30), list_sources.refresh_due),
    (timedelta(hours=1), list_entries.expire),
    (timedelta(minutes=5), blocked_domains.expire),
    (timedelta(hours=6), domain_changes.tidy),
    (timedelta(hours=6), domain_imports.tidy),
    (timedelta(hours=1), sessions.prune),
    (timedelta(hours=1), oauth.prune),
    (timedelta(hours=1), challenges.prune),
    (timedelta(hours=6), refusals.tidy),
    (timedelta(hours=6), imports.tidy),
    (timedelta(hours=1), archives.tidy),
    (timedelta(hours=1), archive_imports.tidy),
    (timedelta(hours=6), holding.tidy),
    (timedelta(hours=6), held.tidy),
    (timedelta(hours=1), many.tidy),
    (timedelta(hours=6), trials.tidy),
    (timedelta(hours=6), cards.tidy),
    (timedelta(hours=1), cache.tidy),
    (timedelta(hours=6), budgets.tidy),
    (timedelta(minutes=5), trends.refresh),
    (timedelta(hours=6), ahead.tidy),
)
