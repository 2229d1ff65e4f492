"""The entities of the lists that admins keep: addresses, e-mail addresses and their domains, listed servers.

https://docs.joinmastodon.org/entities/Admin_IpBlock/, Admin_EmailDomainBlock, Admin_CanonicalEmailBlock,
Admin_DomainAllow and Admin_DomainBlock
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.moderation import email_blocks
from fedinote.policy.models import CanonicalEmailBlock, DomainAllow, DomainBlock, EmailDomainBlock, IpBlock

_DAY_SECONDS = 86_400


def domain_block(block: DomainBlock) -> dict[str, Any]:
    """Return an Admin::DomainBlock."""
    return {
        "id": str(block.id),
        "domain": block.domain,
        "digest": hashlib.sha256(block.domain.encode()).hexdigest(),
        "created_at": iso(block.created_at),
        "severity": block.severity,
        "reject_media": block.reject_media,
        "reject_reports": block.reject_reports,
        "followers_only": block.followers_only,
        "warning": block.warning or None,
        "private_comment": block.private_comment or None,
        "public_comment": block.public_comment or None,
        "obfuscate": block.obfuscate,
    }


def domain_allow(allow: DomainAllow) -> dict[str, Any]:
    """Return an Admin::DomainAllow."""
    return {"id": str(allow.id), "domain": allow.domain, "created_at": iso(allow.created_at)}


def ip_block(block: IpBlock) -> dict[str, Any]:
    """Return an Admin::IpBlock."""
    return {
        "id": str(block.id),
        "ip": block.network,
        "severity": block.severity,
        "comment": block.comment,
        "created_at": iso(block.created_at),
        "expires_at": None if block.expires_at is None else iso(block.expires_at),
    }


def canonical_email_block(block: CanonicalEmailBlock) -> dict[str, Any]:
    """Return an Admin::CanonicalEmailBlock."""
    return {"id": str(block.id), "canonical_email_hash": block.hash}


async def email_domain_blocks(app: App, blocks: Sequence[EmailDomainBlock]) -> list[dict[str, Any]]:
    """Return Admin::EmailDomainBlock entities with what each refused in the last seven days. One query."""
    history = await email_blocks.history(app, [block.id for block in blocks])
    return [
        {
            "id": str(block.id),
            "domain": block.domain,
            "created_at": iso(block.created_at),
            "history": [
                {"day": str(one.day * _DAY_SECONDS), "accounts": str(one.visitors), "uses": str(one.uses)}
                for one in history[block.id]
            ],
        }
        for block in blocks
    ]
