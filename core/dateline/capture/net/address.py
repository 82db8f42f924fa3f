"""Decides which addresses may be fetched from: all addresses of a host must be public.

Python's own ``is_global`` is true for 64:ff9b::7f00:1 and 2002:7f00:1:: (which gateways turn into
127.0.0.1), 192.0.0.8 and 224.0.0.1, and differs between Python versions; this table does not.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from dateline.errors import DatelineError

Address: TypeAlias = IPv4Address | IPv6Address
#: Returns why an address must not be fetched from; None if it may be.
Policy: TypeAlias = Callable[[Address], str | None]

# IANA's special-purpose address registries, and internal services of clouds on public addresses.
# Each value completes the sentence "its address ... is".
_SPECIAL = {
    "0.0.0.0/8": "in this network",
    "10.0.0.0/8": "in a private network",
    "100.64.0.0/10": "in a carrier's internal network",
    "127.0.0.0/8": "this machine",
    "168.63.129.16/32": "a cloud's internal service",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "in a private network",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "reserved for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "in a private network",
    "198.18.0.0/15": "reserved for benchmarks",
    "198.51.100.0/24": "reserved for documentation",
    "203.0.113.0/24": "reserved for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/128": "this machine",
    "::1/128": "this machine",
    "::ffff:0:0/96": "an IPv4 address written as IPv6",
    "64:ff9b::/96": "NAT64, which maps to an IPv4 address",
    "64:ff9b:1::/48": "NAT64, which maps to an IPv4 address",
    "2001::/32": "Teredo, which maps to an IPv4 address",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "reserved for documentation",
    "2002::/16": "6to4, which maps to an IPv4 address",
    "3fff::/20": "reserved for documentation",
    "fc00::/7": "in a private network",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_NETWORKS: dict[IPv4Network | IPv6Network, str] = {
    ip_network(network): reason for network, reason in _SPECIAL.items()
}
#: The part of IPv6 that is allocated for public use.
_GLOBAL = IPv6Network("2000::/3")
#: The reason for other addresses.
NOT_PUBLIC = "not a public address"


def refusal(address: Address) -> str | None:
    """The default policy: only publicly routable unicast addresses are allowed."""
    for network, reason in _NETWORKS.items():
        if address in network:
            return reason
    if isinstance(address, IPv6Address) and address not in _GLOBAL:
        return NOT_PUBLIC
    return None if address.is_global else NOT_PUBLIC


def resolve(host: str, port: int, policy: Policy = refusal) -> list[str]:
    """The addresses of `host`, in the resolver's order. It waits as long as the resolver does.

    Raises DatelineError if there is none or if `policy` refuses any: a name with a public and a
    private address is a way around such checks.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        problem = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise DatelineError(
            f"cannot find the address of {host}: {problem}",
            hint="check the URL and the network connection",
            code="host-not-found",
        ) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        reason = policy(ip_address(address))
        if reason is not None:
            raise DatelineError(
                f"cannot fetch from {host}: its address {address} is {reason}",
                hint="only public addresses are allowed; save the page yourself and capture the file",
                code="address-refused",
            )
    return addresses
