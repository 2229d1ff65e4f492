"""What the moderators of the showcase have to do: reports in several languages, decisions, an appeal, held posts."""

from typing import Any, Protocol

STAFF = "read write follow push admin:read admin:write"
SELLER = "todobarato"
"""Who gets into trouble on the showcase."""
OFFERS = (
    "¡Todo barato! Relojes, bolsos y perfumes con un 90 % de descuento, solo hoy. Envío gratis a todo el mundo.",
    "Última oportunidad: gana dinero desde casa sin hacer nada. Escríbeme y te cuento cómo.",
)
RANT = "咖啡不好喝，我很生气。我喜欢红茶，不喜欢咖啡。"
LOTTERY = "Gran sorteo: comparte esta nota con diez amigos y gana un viaje a la costa."
DECISION = (
    "Two posts advertise goods with discounts that do not exist. House rule 1 does not allow that, so your posts reach "
    "only those who follow you."
)
APPEAL = (
    "No estoy de acuerdo: los descuentos son reales y tengo las facturas. Por favor, miradlo otra vez con más calma."
)


class House(Protocol):
    """A showcase, as far as it is needed here."""

    posts: list[dict[str, Any]]
    tokens: dict[str, str]
    server: Any

    def call(self, author: str, method: str, path: str, fields: dict[str, Any] | None = None) -> Any:
        """Call the client API as somebody."""


def make(house: House, owner: str) -> dict[str, str]:
    """Give the moderators something to do; return the ids, by what they are: report, spam, closed, decision, appeal."""
    house.tokens[owner] = house.server.token(owner, STAFF)
    house.server.user(SELLER)
    house.tokens[SELLER] = house.server.token(SELLER)
    fields = {"display_name": "Todo Barato", "note": "Las mejores ofertas de la red. Escríbeme."}
    house.call(SELLER, "PATCH", "/api/v1/accounts/update_credentials", fields)
    offers = [_write(house, text) for text in OFFERS]
    decision, appeal = _judged(house, owner, offers)
    tea = next(one for one in house.posts if one["account"]["username"] == "teahouse")
    broken = {"category": "violation", "rule_ids": [1]}
    rant = {"status": RANT, "language": "zh-Hans", "visibility": "unlisted"}
    coffee = house.call("teahouse", "POST", "/api/v1/statuses", rant)
    _report(house, "cocina", [coffee, tea], "Habla mal de los bares de mi barrio y no quiere parar.", **broken)
    _report(house, "harbour", offers, "Advertising again, and the shop does not exist.", category="spam")
    _report(house, "yamanote", offers[1:], "毎日同じ宣伝が届きます。止めてください。", category="spam")
    sea = next(one for one in house.posts if one["account"]["username"] == "harbour")
    _report(house, "oldtown", [sea], "我看錯了，請不用處理。")
    found = house.call(owner, "GET", "/api/v1/admin/reports")
    ids = {(one["account"]["username"], one["target_account"]["username"]): one["id"] for one in found}
    house.call(owner, "POST", f"/api/v1/admin/reports/{ids['oldtown', 'harbour']}/resolve")
    _held(house, owner)
    return {
        "report": ids["cocina", "teahouse"],
        "spam": ids["harbour", SELLER],
        "closed": ids["oldtown", "harbour"],
        "decision": decision,
        "appeal": appeal,
        "seller": str(offers[0]["account"]["id"]),
    }


def _write(house: House, text: str) -> dict[str, Any]:
    found: dict[str, Any] = house.call(SELLER, "POST", "/api/v1/statuses", {"status": text, "language": "es"})
    return found


def _report(house: House, who: str, posts: list[dict[str, Any]], comment: str, **reason: Any) -> None:
    fields = {"account_id": posts[0]["account"]["id"], "status_ids": [one["id"] for one in posts], "comment": comment}
    house.call(who, "POST", "/api/v1/reports", {**fields, "category": "other", **reason})


def _judged(house: House, owner: str, offers: list[dict[str, Any]]) -> tuple[str, str]:
    """Limit the seller after a report, and let them appeal; return the decision and the appeal."""
    _report(house, "oldtown", offers[:1], "這是廣告，連結是假的。", category="spam")
    account = offers[0]["account"]["id"]
    found = house.call(owner, "GET", "/api/v1/admin/reports")
    fields = {"type": "silence", "text": DECISION, "report_id": found[0]["id"]}
    house.call(owner, "POST", f"/api/v1/admin/accounts/{account}/action", fields)
    decision = str(house.call(SELLER, "GET", "/api/fedinote/v1/decisions")[0]["id"])
    place = f"/api/fedinote/v1/decisions/{decision}/appeal"
    return decision, str(house.call(SELLER, "POST", place, {"text": APPEAL, "language": "es"})["id"])


def _held(house: House, owner: str) -> None:
    """Have a rule that holds lotteries, and a post that it caught."""
    fields = {"title": "No lotteries", "kind": "words", "terms": {"words": ["sorteo"]}, "action": "hold"}
    rule = house.call(owner, "POST", "/api/fedinote/v1/admin/rules", fields)
    house.call(owner, "PATCH", f"/api/fedinote/v1/admin/rules/{rule['id']}", {"state": "on"})
    try:
        _write(house, LOTTERY)
    except RuntimeError as told:  # its author is told that it waits
        if "422" not in str(told) and "403" not in str(told):
            raise
