"""The vocabulary in one place: what comes in as JSON, as frozen values.

`decode` turns bytes into a document; `parse_…` turn a document into a value. Only `Malformed` is ever raised, and only
for what is essential: everything else that is wrong is left out.
"""

from fedinote.activitypub.activities import (
    ACTIVITY_TYPES,
    Activity,
    Object,
    Ref,
    Unknown,
    is_activity,
    parse_activity,
)
from fedinote.activitypub.actors import (
    ACTOR_TYPES,
    Actor,
    Multikey,
    PublicKey,
    clean_username,
    is_actor,
    parse_actor,
    parse_keys,
)
from fedinote.activitypub.collections import COLLECTION_TYPES, Collection, is_collection, parse_collection
from fedinote.activitypub.media import Attachment, Link
from fedinote.activitypub.objects import (
    POST_TYPES,
    InteractionPolicy,
    Occasion,
    Post,
    Source,
    Tombstone,
    is_post,
    parse_post,
    parse_tombstone,
)
from fedinote.activitypub.permissions import Rule
from fedinote.activitypub.polls import Poll, PollOption
from fedinote.activitypub.shapes import decode, plain, reference, types, web_uri
from fedinote.activitypub.tags import Emoji, Mention

__all__ = [
    "ACTIVITY_TYPES",
    "ACTOR_TYPES",
    "COLLECTION_TYPES",
    "POST_TYPES",
    "Activity",
    "Actor",
    "Attachment",
    "Collection",
    "Emoji",
    "InteractionPolicy",
    "Link",
    "Mention",
    "Multikey",
    "Object",
    "Occasion",
    "Poll",
    "PollOption",
    "Post",
    "PublicKey",
    "Ref",
    "Rule",
    "Source",
    "Tombstone",
    "Unknown",
    "clean_username",
    "decode",
    "is_activity",
    "is_actor",
    "is_collection",
    "is_post",
    "parse_activity",
    "parse_actor",
    "parse_collection",
    "parse_keys",
    "parse_post",
    "parse_tombstone",
    "plain",
    "reference",
    "types",
    "web_uri",
]
