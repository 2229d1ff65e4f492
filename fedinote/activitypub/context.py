"""The JSON-LD contexts of what we send: ActivityStreams, security/v1 and the extensions that Mastodon uses.

Plain JSON readers ignore them; JSON-LD processors need each extension term that a document uses.
"""

from collections.abc import Mapping
from typing import Any

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"

_Terms = Mapping[str, object]


def _id(term: str) -> dict[str, str]:
    return {"@id": term, "@type": "@id"}


_TOOT: _Terms = {"toot": "http://joinmastodon.org/ns#"}
_EMOJI: _Terms = {**_TOOT, "Emoji": "toot:Emoji", "Hashtag": "as:Hashtag"}
_MEDIA: _Terms = {
    **_TOOT,
    "blurhash": "toot:blurhash",
    "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
}
# No server can look it up, and none needs to: the value is one of three words.
_CONSENT: _Terms = {"machineTranslation": "urn:fedinote:machineTranslation"}
_POST: _Terms = {
    **_CONSENT,
    "ostatus": "http://ostatus.org#",
    "atomUri": "ostatus:atomUri",
    "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
    "conversation": "ostatus:conversation",
    "sensitive": "as:sensitive",
    "votersCount": "toot:votersCount",
    "emojiReactions": _id("http://fedibird.com/ns#emojiReactions"),
}
_QUOTE: _Terms = {
    "gts": "https://gotosocial.org/ns#",
    "quote": _id("https://w3id.org/fep/044f#quote"),
    "quoteAuthorization": _id("https://w3id.org/fep/044f#quoteAuthorization"),
    "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "quoteUrl": "as:quoteUrl",
    "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    "interactionPolicy": _id("gts:interactionPolicy"),
    "canQuote": _id("gts:canQuote"),
    "canReply": _id("gts:canReply"),
    "automaticApproval": _id("gts:automaticApproval"),
    "manualApproval": _id("gts:manualApproval"),
    "interactingObject": _id("gts:interactingObject"),
    "interactionTarget": _id("gts:interactionTarget"),
}
_ACTOR: _Terms = {
    **_TOOT,
    **_CONSENT,
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "alsoKnownAs": _id("as:alsoKnownAs"),
    "movedTo": _id("as:movedTo"),
    "featured": _id("toot:featured"),
    "featuredTags": _id("toot:featuredTags"),
    "featuredCollections": _id("https://w3id.org/fep/7aa9#featuredCollections"),
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": _id("gts:interactionPolicy"),
    "canFeature": _id("https://w3id.org/fep/7aa9#canFeature"),
    "automaticApproval": _id("gts:automaticApproval"),
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "memorial": "toot:memorial",
    "suspended": "toot:suspended",
    "attributionDomains": _id("toot:attributionDomains"),
    "schema": "http://schema.org#",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
}
# Whole IRIs: "schema" is another namespace in the contexts of actors.
_TRANSLATION: _Terms = {
    "translations": {"@id": "https://w3id.org/fep/22cd#translations", "@container": "@set"},
    "Translation": "https://w3id.org/fep/22cd#Translation",
    "sourceUpdated": {
        "@id": "https://w3id.org/fep/22cd#sourceUpdated",
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
    },
    "translator": {"@id": "https://schema.org/translator", "@type": "@id", "@container": "@set"},
    "inLanguage": "https://schema.org/inLanguage",
    "translationOfWork": _id("https://schema.org/translationOfWork"),
}
_MUSIC: _Terms = {
    "fw": "https://funkwhale.audio/ns#",
    "Track": "fw:Track",
    "Artist": "fw:Artist",
    "track": _id("fw:track"),
    "artists": {"@id": "fw:artists", "@type": "@id", "@container": "@list"},
    "waveform": "urn:fedinote:waveform",
}
_PLACE: _Terms = {"position": "http://schema.org/position"}
_REACTION: _Terms = {"_misskey_reaction": "https://misskey-hub.net/ns#_misskey_reaction"}


# The context of Multikeys tells what is in one, but not how an actor refers to it.
_ASSERTION: _Terms = {
    "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set"}
}


def actor_context(*, multikeys: bool) -> list[Any]:
    """The context of an actor document; with the Multikey terms when it has such keys."""
    terms = {**_ACTOR, **_EMOJI, **_MEDIA, **(_ASSERTION if multikeys else {})}
    return [ACTIVITYSTREAMS, SECURITY, *([MULTIKEY] if multikeys else []), terms]


def post_context(*, translated: bool = False, placed: bool = False, music: bool = False) -> list[Any]:
    """The context of a post, and of an activity that carries one.

    `translated`: with the terms of FEP-22cd; `placed`: with the place that each attachment has for readers;
    `music`: with what is told of sounds.
    """
    more = {**(_TRANSLATION if translated else {}), **(_PLACE if placed else {}), **(_MUSIC if music else {})}
    return [ACTIVITYSTREAMS, {**_POST, **_EMOJI, **_MEDIA, **_QUOTE, **more}]


def quote_context() -> list[Any]:
    """The context of the consent to a quote (FEP-044f)."""
    return [ACTIVITYSTREAMS, dict(_QUOTE)]


def reaction_context() -> list[Any]:
    """The context of an emoji reaction."""
    return [ACTIVITYSTREAMS, {**_EMOJI, **_REACTION}]
