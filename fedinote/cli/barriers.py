"""`fedinote ip-block`, `fedinote email-block` and `fedinote allow`: who may come in, sign up, or take part at all."""

from collections.abc import Mapping
from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.cli.domains import host_of_text
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.moderation import email_blocks, ip_blocks
from fedinote.moderation.ip_blocks import Terms
from fedinote.moderation.servers import allows
from fedinote.policy.ip_blocks import SEVERITIES
from fedinote.policy.models import IpBlock

_HOUR = 3600


@click.group(name="ip-block")
def ip_block() -> None:
    """Keep addresses of the internet from signing up, or from everything.

    \b
    Examples:
      fedinote ip-block add 192.0.2.0/24 --comment "Wave of sign-ups"
      fedinote ip-block list
      fedinote ip-block remove 192.0.2.0/24
    """


@ip_block.command(name="add")
@click.argument("network", metavar="NETWORK")
@click.option(
    "--severity",
    type=click.Choice(list(SEVERITIES)),
    help="What people there may not do: sign up unseen, sign up at all (the default), or anything.",
)
@click.option("--comment", help="Why; shown to admins.")
@click.option("--hours", type=click.IntRange(1, 876_000), help="How long it lasts; until it is removed by default.")
@pass_setup
def add_ip(setup: Setup, network: str, severity: str | None, comment: str | None, hours: int | None) -> None:
    """Block NETWORK: one address, or many like 192.0.2.0/24, or change the block that is there.

    What is not said of a block that is there stays as it is. Behind a proxy it works only where server.trusted_proxies
    names the proxy. A running server follows within ten seconds.

    \b
    Examples:
      fedinote ip-block add 192.0.2.7 --severity no_access
      fedinote ip-block add 2001:db8::/32 --severity sign_up_requires_approval --hours 48
    """

    async def work(app: App) -> IpBlock:
        present = await ip_blocks.find(app, network)
        until = ip_blocks.expiry(app, None if hours is None else hours * _HOUR)
        terms = Terms(
            network=network,
            severity=severity or (present.severity if present else "sign_up_block"),
            comment=comment if comment is not None else (present.comment if present else ""),
            expires_at=until or (present.expires_at if present else None),
        )
        if present is None:
            return await ip_blocks.block(app, terms, by=None)
        return await ip_blocks.update(app, present.id, terms, by=None)

    found = setup.run(work)
    click.echo(f"{found.network} is blocked ({found.severity})")


@ip_block.command(name="remove")
@click.argument("network", metavar="NETWORK")
@pass_setup
def remove_ip(setup: Setup, network: str) -> None:
    """End the block of NETWORK.

    \b
    Example:
      fedinote ip-block remove 192.0.2.0/24
    """

    async def work(app: App) -> bool:
        found = await ip_blocks.find(app, network)
        if found is not None:
            await ip_blocks.unblock(app, found.id, by=None)
        return found is not None

    if not setup.run(work):
        raise click.ClickException(f"{network} is not blocked. See: fedinote ip-block list")
    click.echo(f"{network} is not blocked any more")


@ip_block.command(name="list")
@pass_setup
def list_ips(setup: Setup) -> None:
    """List the blocked addresses.

    \b
    Example:
      fedinote ip-block list
    """

    async def work(app: App) -> list[Mapping[str, Any]]:
        return [
            {
                "network": one.network,
                "severity": one.severity,
                "until": iso(one.expires_at) if one.expires_at else "",
                "comment": one.comment,
            }
            for one in await ip_blocks.everything(app)
        ]

    _show(setup.run(work), "No address is blocked")


@click.group(name="email-block")
def email_block() -> None:
    """Keep e-mail addresses, or all addresses of a domain, from signing up.

    \b
    Examples:
      fedinote email-block add throwaway.example
      fedinote email-block add spammer@mail.example
      fedinote email-block list
      fedinote email-block remove throwaway.example
    """


@email_block.command(name="add")
@click.argument("what", metavar="DOMAIN_OR_ADDRESS")
@pass_setup
def add_email(setup: Setup, what: str) -> None:
    """Let nobody sign up with this e-mail address, or with any of this domain and those below it.

    Dots and what follows a plus make no difference in an address, and only its hash is kept. Those who are here already
    stay. MX records are not looked at.

    \b
    Examples:
      fedinote email-block add throwaway.example
      fedinote email-block add spammer@mail.example
    """

    async def work(app: App) -> None:
        if _is_address(what):
            await email_blocks.block_address(app, what, by=None)
        else:
            await email_blocks.block_domain(app, what, by=None)

    setup.run(work)
    click.echo(f"Nobody can sign up with {what} any more")


@email_block.command(name="remove")
@click.argument("what", metavar="DOMAIN_OR_ADDRESS")
@pass_setup
def remove_email(setup: Setup, what: str) -> None:
    """End the block of an e-mail domain, or of an address, as it was given or as it was spelled otherwise.

    \b
    Example:
      fedinote email-block remove throwaway.example
    """

    async def work(app: App) -> bool:
        if _is_address(what):
            found = await email_blocks.matching(app, what)
            for one in found:
                await email_blocks.unblock_address(app, one.id, by=None)
            return bool(found)
        domain = await email_blocks.find_domain(app, what)
        if domain is not None:
            await email_blocks.unblock_domain(app, domain.id, by=None)
        return domain is not None

    if not setup.run(work):
        raise click.ClickException(f"{what} is not blocked. See: fedinote email-block list")
    click.echo(f"{what} is not blocked any more")


@email_block.command(name="list")
@pass_setup
def list_emails(setup: Setup) -> None:
    """List the blocked e-mail domains, and the hashes of the blocked addresses.

    \b
    Example:
      fedinote email-block list
    """

    async def work(app: App) -> list[Mapping[str, Any]]:
        domains = [{"kind": "domain", "blocked": one.domain} for one in await email_blocks.all_domains(app)]
        return [*domains, *({"kind": "address", "blocked": one.hash} for one in await email_blocks.all_addresses(app))]

    _show(setup.run(work), "No e-mail address and no e-mail domain is blocked")


def _is_address(text: str) -> bool:
    return "@" in text.strip().removeprefix("@")


@click.group()
def allow() -> None:
    """List the servers that this one has to do with, where federation.allow_list is on: with no others.

    \b
    Examples:
      fedinote allow add friends.example
      fedinote allow list
      fedinote allow remove friends.example
    """


@allow.command(name="add")
@click.argument("domain", metavar="DOMAIN")
@pass_setup
def add_allow(setup: Setup, domain: str) -> None:
    """List the server DOMAIN. Its subdomains are other servers; if handles carry another domain, list both.

    \b
    Example:
      fedinote allow add friends.example
    """

    async def work(app: App) -> tuple[str, bool]:
        made = await allows.allow(app, host_of_text(domain), by=None)
        return made.domain, app.settings.federation.allow_list

    name, in_force = setup.run(work)
    click.echo(f"{name} is on the list")
    if not in_force:
        click.echo("The list is not in force: federation.allow_list is false")


@allow.command(name="remove")
@click.argument("domain", metavar="DOMAIN")
@pass_setup
def remove_allow(setup: Setup, domain: str) -> None:
    """Take the server DOMAIN off the list. What came from there stays; nothing comes or goes any more.

    \b
    Example:
      fedinote allow remove friends.example
    """

    async def work(app: App) -> bool:
        found = await allows.find(app, host_of_text(domain))
        if found is not None:
            await allows.disallow(app, found.id, by=None)
        return found is not None

    if not setup.run(work):
        raise click.ClickException(f"{domain} is not on the list. See: fedinote allow list")
    click.echo(f"{domain} is not on the list any more")


@allow.command(name="list")
@pass_setup
def list_allows(setup: Setup) -> None:
    """List the servers that take part.

    \b
    Example:
      fedinote allow list
    """

    async def work(app: App) -> list[Mapping[str, Any]]:
        return [{"domain": one.domain, "since": iso(one.created_at)} for one in await allows.everything(app)]

    _show(setup.run(work), "No server is on the list")


def _show(rows: list[Mapping[str, Any]], nothing: str) -> None:
    click.echo(table(rows, list(rows[0])) if rows else nothing)
