#!/usr/bin/env python3
"""Calls through a proxy that we did not write: phones behind it are rung through it and prove who they are; nobody else is one."""
import asyncio
import sys

from peer.clerk import CALLS, Clerk
from peer.exchange import QUEUE, Exchange
from peer.expect import expect, same
from peer.kamailio import EDGE, Kamailio
from peer.phone import Phone
from peer.script import cases, main
from peer.stranger import Stranger
from voice import ANA, CARL, TOM, staffed

DESKS = {TOM: "127.0.0.3", ANA: "127.0.0.4"}  # where the phones of agents are
ELSEWHERE = "127.0.0.5"  # nobody is known there; at 127.0.0.1 everybody is a peer of the demo


async def fronted(flags, leaving, settings=f'[[sip.edges]]\naddr = "{EDGE}"\n'):
    """A server with a proxy in front of it."""
    exchange = await leaving.enter_async_context(Exchange(flags.binary))
    exchange.furnish(settings, {})
    await exchange.start()
    return exchange, await Kamailio(exchange.sip).open(leaving)


async def seated(exchange, leaving, proxy, number=TOM, tone=810):
    """An agent whose phone is behind the proxy."""
    return await staffed(exchange, leaving, number, tone, server=proxy.address, host=DESKS[number])


async def through(flags, leaving):
    """A phone behind the edge is rung, answered, held and released through it; its own calls show its password."""
    exchange, proxy = await fronted(flags, leaving)
    tom, his = await seated(exchange, leaving, proxy)
    # A gateway at an address of peers, which the edge names.
    caller = await Phone("caller", CARL).open(leaving)
    await caller.dial(f"sip:{QUEUE}@{proxy.address}")
    call = await tom.hears("Ringing")
    same(call["callType"], "Inbound", "what a peer behind the edge is")
    call = call["id"]
    await his.rings()
    invite = await his.saw("call", lambda m: m.method == "INVITE")
    expect(EDGE in (invite.get("Record-Route") or ""), "the call came through the edge", invite.headers)
    await tom.operate(call, "Answer")
    await tom.hears("Established", call)
    await asyncio.gather(caller.hears(his), his.hears(caller))
    since = await tom.operate(call, "Hold")
    await tom.hears("Held", call, since)
    since = await tom.operate(call, "Retrieve")
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(his), his.hears(caller))
    since = await tom.operate(call, "Hangup")
    await tom.hears("Released", call, since)
    await asyncio.gather(his.is_over(), caller.is_over())

    ana, hers = await seated(exchange, leaving, proxy, ANA, 930)
    for clerk in tom, ana:
        await clerk.become("NotReady")
    ringing, since = his.now, tom.now
    await hers.dial(TOM)
    offered = await tom.hears("Ringing", since=since)
    same([offered["callType"], [p["phoneNumber"] for p in offered["participants"]]], ["Internal", [ANA]], "who calls")
    expect(await hers.saw("challenge", lambda m: m.code == 407), "Ana's phone was asked for its password")
    await his.rings(ringing)
    await his.lift()
    await tom.hears("Established", offered["id"], since)
    await asyncio.gather(his.hears(hers), hers.hears(his))
    await hers.hang_up()
    await asyncio.gather(tom.hears("Released", offered["id"], since), his.is_over())


async def strangers(flags, leaving):
    """Behind the edge nobody calls in the name of a phone, and no Via they write makes them a peer."""
    exchange, proxy = await fronted(flags, leaving)
    tom, _ = await seated(exchange, leaving, proxy)
    await tom.become("NotReady")
    since = tom.now
    stranger = await Stranger(ELSEWHERE, proxy.address).open(leaving)
    own, peer = "SIP/2.0/UDP {me};branch={branch};rport", "SIP/2.0/UDP 127.0.0.1:5060"
    forged = {
        "nothing": [own],
        "the address of a peer": [peer + ";branch={branch};rport"],
        "one that the edge is to believe": [own + ";received=127.0.0.1"],
        "the same, in another order": ["SIP/2.0/UDP {me};received=127.0.0.1;branch={branch};rport"],
        "a peer below": [own, peer + ";branch=z9hG4bKx;received=127.0.0.1;rport=5060"],
        "the edge below": [own, f"SIP/2.0/UDP {EDGE}:5060;branch=z9hG4bKy", peer + ";branch=z9hG4bKz"],
    }
    for words, vias in forged.items():
        for user in TOM, ANA, "+4930999":
            same(await stranger.calls(QUEUE, user, vias), 407, f"a call of {user} whose Via forges {words}")
    directly = await Stranger(ELSEWHERE, exchange.sip).open(leaving)
    for vias in forged.values():
        same(await directly.calls(QUEUE, TOM, vias), 407, "the same past the edge")
    same(await tom.calls(), [], "calls of the agent")
    same([event for event in tom.ear.events[since:] if event["channel"] == CALLS], [], "what the agent hears of all that")


async def unknown(flags, leaving):
    """Behind a proxy that the settings do not name, too, credentials decide: From does not."""
    exchange, proxy = await fronted(flags, leaving, "")
    # It adds Path, but nobody believes it.
    await Clerk(exchange, TOM).listen(leaving)
    for number in TOM, ANA:
        phone = exchange.phone(f"phone {number}", 810, number, server=proxy.address, host=DESKS[number])
        await phone.open(leaving)
    stranger = await Stranger(ELSEWHERE, proxy.address).open(leaving)
    for user in TOM, ANA, "5003":
        same(await stranger.calls(QUEUE, user), 407, f"a call of {user} without credentials")


CASES = [through, strangers, unknown]


if __name__ == "__main__":
    sys.exit(main("edges.py", cases(CASES), 300, {"binary": "", "only": ""}))
