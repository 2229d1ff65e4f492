import pytest

from fedinote.relations import follows
from tests.api.test_statuses import write
from tests.relations.people import person


async def search(client, text, **query):
    answer = await client.get("/api/v2/search", {"q": text, **query})
    assert answer.status == 200, answer.json
    assert set(answer.json) == {"accounts", "statuses", "hashtags", "collections"}
    return {kind: [one["id"] for one in found] for kind, found in answer.json.items()}


@pytest.mark.parametrize("text", ["alice", "@alice", "ali", "ALI", "Alice", "@alice@localhost:8000"])
async def test_people_are_found_by_handle_beginning_and_name(alice, bob, text):
    assert alice.id in (await search(bob, text, resolve="true"))["accounts"]


async def test_the_actor_of_the_server_itself_is_not_found(alice):
    assert (await search(alice, "localhost"))["accounts"] == []


async def test_people_are_found_by_their_own_address(alice, bob, stranger):
    for client, resolve in ((bob, "true"), (bob, "false"), (stranger, "false")):
        found = await search(client, "http://localhost:8000/users/alice", resolve=resolve)
        assert found["accounts"] == [alice.id]
    assert (await search(bob, "http://localhost:8000/@alice", resolve="true"))["accounts"] == [alice.id]


async def test_those_whom_one_blocks_or_mutes_are_found(alice, bob):
    await alice.post(f"/api/v1/accounts/{bob.id}/block")
    assert bob.id in (await search(alice, "bob"))["accounts"]


async def test_people_elsewhere_who_are_known_are_found(town, alice):
    other = str(await person(town.app, "dan", "far.example", display_name="Dan the Man"))
    for text in ("dan", "dan@far.example", "@dan@far.example"):
        assert (await search(alice, text))["accounts"] == [other]
    assert (await search(alice, "Dan the"))["accounts"] == []  # by name: those here, and those one follows
    await town.app.db.execute(
        "INSERT INTO follows (id, follower_id, target_id, accepted, uri, reblogs, notify, created_at)"
        " VALUES (1, ?, ?, TRUE, 'u', TRUE, FALSE, ?)",
        alice.account_id,
        int(other),
        town.app.now(),
    )
    assert (await search(alice, "Dan the"))["accounts"] == [other]


async def test_only_those_one_follows_when_asked_so(alice, bob, town):
    await town.person("bobby")
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    assert (await search(alice, "bob", following="true"))["accounts"] == [bob.id]


async def test_a_post_is_found_by_its_address_only_by_those_who_may_see_it(alice, bob):
    post = await write(alice, "one", visibility="private")
    assert (await search(alice, post["url"], resolve="true"))["statuses"] == [post["id"]]
    assert (await search(alice, post["uri"]))["statuses"] == [post["id"]]
    assert (await search(bob, post["url"], resolve="true"))["statuses"] == []


async def test_words_are_found_in_what_has_to_do_with_the_viewer(alice, bob, town):
    own = await write(alice, "Green TEA leaves")
    to_me = await write(bob, "@alice more tea, vicar")
    liked = await write(bob, "tea time")
    kept = await write(bob, "iced tea")
    await alice.post(f"/api/v1/statuses/{liked['id']}/favourite")
    await alice.post(f"/api/v1/statuses/{kept['id']}/bookmark")
    other = await write(bob, "tea that nobody told of")
    found = (await search(alice, "tea"))["statuses"]
    assert found == [kept["id"], liked["id"], to_me["id"], own["id"]]
    assert (await search(alice, "leaves green"))["statuses"] == [own["id"]]
    await bob.patch("/api/v1/accounts/update_credentials", {"indexable": True})
    assert (await search(alice, "nobody told"))["statuses"] == [other["id"]]


async def test_words_within_tags_and_addresses_of_the_html_are_no_hits(alice):
    await write(alice, "see https://example.org/ and #tea")
    for text in ("nofollow", "href", "noopener", "ellipsis"):
        assert (await search(alice, text))["statuses"] == []


async def test_chinese_words_are_found_in_both_scripts(alice):
    post = await write(alice, "今天的圖書館很安靜")
    for text in ("图书馆", "圖書館", "安静"):
        assert (await search(alice, text))["statuses"] == [post["id"]]


async def test_hashtags_are_found_by_their_beginning_in_any_case(alice):
    await write(alice, "#Teatime and #Café")
    for text in ("tea", "#TEA", "#teatime"):
        answer = await alice.get("/api/v2/search", {"q": text, "type": "hashtags"})
        assert [one["name"].lower() for one in answer.json["hashtags"]] == ["teatime"]
    tag = (await alice.get("/api/v2/search", {"q": "#café"})).json["hashtags"][0]
    assert tag["history"][0]["uses"] == "1"
    assert tag["following"] is False


async def test_a_tag_called_just_so_comes_first_then_those_that_one_follows_then_short_ones(alice):
    await write(alice, "#teapots #teatime #teas #tea #teabags")
    await alice.post("/api/v1/tags/teatime/follow")
    answer = await alice.get("/api/v2/search", {"q": "tea", "type": "hashtags"})
    assert [one["name"] for one in answer.json["hashtags"]] == ["tea", "teatime", "teas", "teabags", "teapots"]
    answer = await alice.get("/api/v2/search", {"q": "tea", "type": "hashtags", "limit": 2, "offset": 2})
    assert [one["name"] for one in answer.json["hashtags"]] == ["teas", "teabags"]


async def test_tags_that_nobody_looked_at_can_be_left_out_but_for_the_very_one(town, alice):
    await write(alice, "#tea #teas #teatime")
    await town.app.db.execute("UPDATE tags SET reviewed_at = ? WHERE name = 'teatime'", town.app.now())
    answer = await alice.get("/api/v2/search", {"q": "tea", "type": "hashtags", "exclude_unreviewed": "true"})
    assert [one["name"] for one in answer.json["hashtags"]] == ["tea", "teatime"]


async def test_whom_one_follows_comes_first_then_the_exact_name_then_who_is_known_best(town, alice):
    app = town.app
    made = {name: await person(app, name, "far.example") for name in ("dan", "daniel", "dana", "dandy")}
    await app.db.execute("UPDATE accounts SET followers_count = 50 WHERE id = ?", made["dana"])
    await app.db.execute("UPDATE accounts SET followers_count = 9 WHERE id = ?", made["daniel"])
    await follows.request(app, alice.account_id, made["dandy"])
    await follows.accept(app, alice.account_id, made["dandy"])

    async def order(**query):
        answer = await alice.get("/api/v1/accounts/search", {"q": "dan", **query})
        return [one["username"] for one in answer.json]

    assert await order() == ["dandy", "dan", "dana", "daniel"]
    assert await order(limit=2, offset=1) == ["dan", "dana"]
    assert await order(following="true") == ["dandy"]
    handle = (await alice.get("/api/v1/accounts/search", {"q": "dan@far.example"})).json
    assert [one["username"] for one in handle] == ["dan"]


async def test_a_type_leaves_the_others_empty(alice):
    await write(alice, "alice #alice")
    assert (await search(alice, "alice", type="hashtags"))["accounts"] == []
    assert (await search(alice, "alice", type="accounts"))["hashtags"] == []


async def test_strangers_may_not_resolve_nor_page_nor_search_words(alice, stranger):
    await write(alice, "secret words")
    assert (await stranger.get("/api/v2/search", {"q": "x", "resolve": "true"})).status == 401
    assert (await stranger.get("/api/v2/search", {"q": "x", "offset": "5"})).status == 401
    assert (await search(stranger, "secret words"))["statuses"] == []


async def test_an_empty_search_is_422(alice):
    assert (await alice.get("/api/v2/search", {"q": " "})).status == 422
    assert (await alice.get("/api/v2/search")).status == 422


async def test_wild_cards_of_sql_are_plain_signs(alice):
    assert await search(alice, "%") == {"accounts": [], "statuses": [], "hashtags": [], "collections": []}
    assert (await search(alice, "_lice"))["accounts"] == []


async def test_people_are_completed_while_one_writes(alice, bob):
    answer = await bob.get("/api/v1/accounts/search", {"q": "ali", "limit": 5})
    assert answer.ids == [alice.id]
    assert (await bob.get("/api/v1/accounts/search", {"q": ""})).json == []
