"""Filter entities, of version 2 and 1, and FilterResult.

https://docs.joinmastodon.org/entities/Filter/ https://docs.joinmastodon.org/entities/FilterResult/
https://docs.joinmastodon.org/entities/V1_Filter/
"""

from collections.abc import Iterable
from typing import Any

from fedinote.infra.clock import iso
from fedinote.timelines.filters import FilterResult, Keyword, NamedPost, PersonalFilter


def whole(one: PersonalFilter) -> dict[str, Any]:
    """Return a Filter entity with its keywords and posts; in results too, since clients keep what they find there."""
    return {
        "id": str(one.id),
        "title": one.title,
        "context": list(one.context),
        "expires_at": None if one.expires_at is None else iso(one.expires_at),
        "filter_action": one.action,
        "keywords": [keyword(word) for word in one.keywords],
        "statuses": [named_post(named) for named in one.posts],
    }


def keyword(word: Keyword) -> dict[str, Any]:
    """Return a FilterKeyword entity."""
    return {"id": str(word.id), "keyword": word.keyword, "whole_word": word.whole_word}


def named_post(named: NamedPost) -> dict[str, Any]:
    """Return a FilterStatus entity."""
    return {"id": str(named.id), "status_id": str(named.post_id)}


def results(matches: Iterable[FilterResult]) -> list[dict[str, Any]]:
    """Return the FilterResult entities of a post: what is in `filtered`."""
    return [
        {
            "filter": whole(match.filter),
            "keyword_matches": list(match.keyword_matches),
            "status_matches": [str(one) for one in match.status_matches],
        }
        for match in matches
    ]


def version_1(one: PersonalFilter, word: Keyword) -> dict[str, Any]:
    """Return a V1::Filter: one keyword, with what its filter says."""
    return {
        "id": str(word.id),
        "phrase": word.keyword,
        "context": list(one.context),
        "whole_word": word.whole_word,
        "expires_at": None if one.expires_at is None else iso(one.expires_at),
        "irreversible": one.action == "hide",
    }
