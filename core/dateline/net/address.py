"""Which addresses may be fetched from: public ones, all of those a name stands for.

Python's own ``is_global`` is true of 64:ff9b::7f00:1 and 2002:7f00:1:: (which gateways turn into
127.0.0.1), 192.0.0.8 and 224.0.0.1, and its tables change with its version: the table is ours.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from dateline.errors import DatelineError

Address: TypeAlias = IPv4Address | IPv6Address
#: Says why an address must not be fetched from; None when it may.
Policy: TypeAlias = Callable[[Address], str | None]

# IANA's special-purpose address registries, and what clouds keep on public addresses.
_SPECIAL = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "a private network",
    "100.64.0.0/10": "a carrier's own network",
    "127.0.0.0/8": "this machine",
    "168.63.129.16/32": "a cloud's own service",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "a private network",
    "192.0.0.0/24": "for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "a private network",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/128": "this machine",
    "::1/128": "this machine",
    "::ffff:0:0/96": "an IPv4 address in IPv6 clothes",
    "64:ff9b::/96": "NAT64, which stands for an IPv4 address",
    "64:ff9b:1::/48": "NAT64, which stands for an IPv4 address",
    "2001::/32": "Teredo, which stands for an IPv4 address",
    "2001::/23": "for protocols",
    "2001:db8::/32": "for documentation",
    "2002::/16": "6to4, which stands for an IPv4 address",
    "3fff::/20": "for documentation",
    "fc00::/7": "a private network",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_NETWORKS: dict[IPv4Network | IPv6Network, str] = {
    ip_network(network): reason for network, reason in _SPECIAL.items()
}
#: All of IPv6 that is given out to the public.
_GLOBAL = IPv6Network("2000::/3")


def refusal(address: Address) -> str | None:
    """The policy: only publicly routable unicast addresses."""
    for network, reason in _NETWORKS.items():
        if address in network:
            return reason
    if isinstance(address, IPv6Address) and address not in _GLOBAL:
        return "no public address"
    return None if address.is_global else "no public address"


def resolve(host: str, port: int, policy: Policy = refusal) -> list[str]:
    """The addresses of `host`, in the resolver's order; it waits as long as the resolver does.

    Raises DatelineError when there is none, or when `policy` refuses any: a name with one public
    and one private address is how the check is slipped past.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        problem = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise DatelineError(f"cannot find the address of {host}: {problem}") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        reason = policy(ip_address(address))
        if reason is not None:
            raise DatelineError(
                f"{host} is not fetched from: its address {address} is {reason}",
                hint="only public addresses are; save the page yourself and capture the file",
            )
    return addresses
