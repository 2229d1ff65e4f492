"""What bovine does for a test, in its own virtual environment: a JSON object on standard input, one on standard output.

`{"do": "send", …}` signs a POST and a GET with bovine and makes them; `{"do": "check", …}` lets bovine check a request.
"""

import asyncio
import json
import sys
from typing import Any

import aiohttp
from bovine.clients.signed_http import SignedHttpClient
from bovine.crypto.helper import content_digest_sha256_rfc_9530
from bovine.crypto.signature_checker import SignatureChecker
from bovine.crypto.types import CryptographicIdentifier

ACTIVITY = "application/activity+json"


async def send(order: dict[str, Any]) -> dict[str, Any]:
    digest = content_digest_sha256_rfc_9530 if order["content_digest"] else None
    async with aiohttp.ClientSession() as session:
        client = SignedHttpClient(session, order["key_id"], order["private_key"], digest)
        posted = await client.post(order["inbox"], order["body"], content_type=ACTIVITY)
        got = await client.get(order["get"], {"Accept": ACTIVITY})
        return {"post": posted.status, "get": got.status, "text": await got.text()}


async def check(order: dict[str, Any]) -> dict[str, Any]:
    async def retrieve(_key_id: str) -> CryptographicIdentifier:
        return CryptographicIdentifier.from_pem(order["public_key"], order["owner"])

    async def body() -> bytes:
        return str(order["body"]).encode()

    checker = SignatureChecker(retrieve)
    return {"owner": await checker.validate_signature(order["method"], order["url"], order["headers"], body)}


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    print(json.dumps(asyncio.run({"send": send, "check": check}[wanted["do"]](wanted))))
