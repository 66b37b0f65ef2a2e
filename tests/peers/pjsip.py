#!/usr/bin/env python3
"""Calls through the server with phones of PJSIP, on either side: what voice.py does with baresip, and what only PJSIP does."""
import asyncio
import sys

from peer.clerk import Clerk
from peer.exchange import QUEUE
from peer.expect import expect, same
from peer.phone import Phone
from peer.pjsip import PjPhone
from peer.script import cases, main
from voice import ANA, CARL, TOM, opened


async def staffed(exchange, leaving, number=TOM, tone=810, **how):
    """An agent with a phone of PJSIP, ready."""
    clerk = await Clerk(exchange, number).listen(leaving)
    phone = await PjPhone(f"phone {number}", tone, number, exchange.sip, **how).open(leaving)
    await clerk.hears_device("in service", lambda device: device["deviceState"] == "Active")
    await clerk.sit()
    return clerk, phone


async def rung(exchange, clerk, caller):
    """A caller in the queue whom the agent is offered."""
    since = clerk.now
    await exchange.dials(caller)
    return (await clerk.hears("Ringing", since=since))["id"]


async def agent(flags, leaving):
    """At an agent's desk: answered over REST, held from both sides, muted, keys by both ways, hung up."""
    exchange = await opened(flags, leaving)
    tom, phone = await staffed(exchange, leaving)
    caller = await Phone("caller", CARL).open(leaving)
    call = await rung(exchange, tom, caller)
    await phone.rings()
    await caller.hears_nobody()
    since = await tom.operate(call, "Answer")
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))

    since = await tom.operate(call, "Hold")
    await tom.hears("Held", call, since)
    await asyncio.gather(caller.hears_hold_tone(), phone.hears_silence())
    since = await tom.operate(call, "Retrieve")
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))

    since = tom.now
    await phone.press_hold()
    await tom.hears("Held", call, since)
    await asyncio.gather(caller.hears_hold_tone(), phone.hears_silence())
    since = tom.now
    await phone.press_resume()
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))

    keys = caller.now
    await phone.press("12#")
    await caller.gets_digits("12#", keys)
    # The library sends all of these at once, each with a number of its own.
    keys = caller.now
    await phone.press("3*45", info=True)
    await caller.gets_digits("3*45", keys)
    keys = phone.now
    await caller.press("67")
    await phone.gets_digits("67", keys)
    keys = caller.now
    await tom.operate(call, "SendDtmf", digits="89")
    await caller.gets_digits("89", keys)

    since, over = tom.now, caller.now
    await phone.hang_up()
    await tom.hears("Released", call, since)
    await asyncio.gather(caller.is_over(over), phone.is_over())


async def caller(flags, leaving):
    """As a caller over TCP who wants session timers: waits, is answered, changes hands between hold and talk, hangs up."""
    exchange = await opened(flags, leaving)
    tom, phone = await staffed(exchange, leaving)
    carl = await PjPhone("caller", CARL, transport="tcp", timer="always").open(leaving)
    await tom.become("NotReady")
    await carl.dial(f"sip:{QUEUE}@{exchange.sip};transport=tcp")
    await carl.talks()
    await carl.hears_hold_tone(20)
    since = tom.now
    await tom.become("Ready")
    call = (await tom.hears("Ringing", since=since))["id"]
    await phone.rings()
    await phone.lift()
    await tom.hears("Established", call, since)
    await asyncio.gather(carl.hears(phone), phone.hears(carl))
    await carl.press_hold()
    await phone.hears_silence()
    await carl.press_resume()
    await asyncio.gather(carl.hears(phone), phone.hears(carl))
    keys = carl.now
    await tom.operate(call, "SendDtmf", digits="7*")
    await carl.gets_digits("7*", keys)
    since = tom.now
    await carl.hang_up()
    await asyncio.gather(tom.hears("Released", call, since), phone.is_over())
    ended = await exchange.feed("call.ended", call)
    same([end["closer"] for end in ended], ["customer"], "who ended it")


async def reliable(flags, leaving):
    """Who requires reliable provisional answers is told that there are none (RFC 3261 §8.2.2.3); who offers them is served."""
    exchange = await opened(flags, leaving)
    tom, _ = await staffed(exchange, leaving)
    insists = await PjPhone("insists", CARL, prack="mandatory").open(leaving)
    await insists.dial(f"sip:{QUEUE}@{exchange.sip}")
    same(await insists.is_over(), 420, "how a call that requires 100rel ends")
    same(await tom.calls(), [], "what the agent is offered of it")
    offers = await PjPhone("offers", 930, prack="optional").open(leaving)
    await offers.dial(f"sip:{QUEUE}@{exchange.sip}")
    await offers.talks()
    await tom.hears("Ringing")


async def agents(flags, leaving):
    """Two agents with phones of PJSIP: one dials over REST, early media, answered, then declined with 486 and 603."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving)
    ana, hers = await staffed(exchange, leaving, ANA, 930, transport="tcp", answers_when_asked=False)
    for clerk in tom, ana:
        await clerk.become("NotReady")
    dialled = (await tom.dials(ANA))["id"]
    offered = (await ana.hears("Ringing"))["id"]
    await hers.rings()
    await hers.gives_early_media()
    await hers.lift()
    await asyncio.gather(tom.hears("Established", dialled), ana.hears("Established", offered))
    await asyncio.gather(his.hears(hers), hers.hears(his))
    await his.hang_up()
    await asyncio.gather(tom.hears("Released", dialled), ana.hears("Released", offered), hers.is_over())
    for code in 486, 603:
        since, over, ringing = tom.now, his.now, hers.now
        dialled = (await tom.dials(ANA))["id"]
        await hers.rings(ringing)
        await hers.hang_up(code)
        await asyncio.gather(tom.hears("Released", dialled, since), his.is_over(over))


async def transfers(flags, leaving):
    """The transfer key: without asking, and after asking on a second line; the desktop is told as if it had been asked for there."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving)
    ana, hers = await staffed(exchange, leaving, ANA, 930, answers_when_asked=False)
    await ana.become("NotReady")
    for asks in False, True:
        caller = await Phone(f"caller {asks}", CARL).open(leaving)
        call = await rung(exchange, tom, caller)
        await tom.hears("Established", call, await tom.operate(call, "Answer"))
        since, over, ringing, told = tom.now, his.now, hers.now, ana.now
        if asks:
            await his.press_hold()
            await tom.hears("Held", call, since)
            await his.dial_beside(ANA)
            await hers.rings(ringing)
            await hers.lift()
            await ana.hears("Established", since=told)
            await asyncio.gather(his.hears(hers), hers.hears(his), caller.hears_hold_tone())
            await his.bring_together()
        else:
            await his.transfer("4711")
            same(await his.transferred(over), 404, "what becomes of a transfer to nobody")
            await asyncio.gather(caller.hears(his), his.hears(caller))
            over = his.now
            await his.transfer(ANA)
            await hers.rings(ringing)
            await hers.lift()
        same(await his.transferred(over), 200, "what became of the transfer")
        await asyncio.gather(tom.hears("Released", call, since), his.is_over(over))
        await asyncio.gather(caller.hears(hers), hers.hears(caller))
        ended = hers.now
        await caller.hang_up()
        await hers.is_over(ended)


async def refused(flags, leaving):
    """A wrong password registers no phone."""
    exchange = await opened(flags, leaving)
    phone = PjPhone("stranger", 810, TOM, exchange.sip, password="wrong")
    phone.server = None  # does not wait to be registered
    await phone.open(leaving)
    failed = await phone.told("REGISTERED", also=lambda event: event["code"] != 200)
    expect(failed["code"] in (401, 403), "a wrong password is refused", failed)


CASES = [agent, caller, reliable, agents, transfers, refused]


if __name__ == "__main__":
    sys.exit(main("pjsip.py", cases(CASES), 300, {"binary": "", "only": ""}))
