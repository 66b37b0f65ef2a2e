#!/usr/bin/env python3
"""Calls that are handed over, with softphones that we did not write: tones tell who hears whom at each step."""
import asyncio
import os
import sys

from peer.clerk import Clerk
from peer.expect import eventually, same
from peer.phone import Phone
from peer.pjsip import PjPhone
from peer.script import cases, main
from voice import ANA, CARL, TOM, opened, staffed, talking

EVA = "5003"  # the number of a third agent, who is called in by number


async def asks(clerk, operation, call, number, phone, lifts=None):
    """An agent calls a colleague in beside a call; answers the consultation, as the agent is told of it."""
    since, ringing = clerk.now, phone.now
    await clerk.operate(call, operation, destination={"phoneNumber": number})
    await clerk.hears("Held", call, since)
    asked = await clerk.hears("Dialing", since=since, also=lambda told: told["callType"] == "Consult")
    same(asked["parentCallUri"].split("/")[-1], call, "the call that it is about")
    await phone.rings(ringing)
    await (lifts or phone.lift)()
    await clerk.hears("Established", asked["id"], since)
    return asked["id"]


async def there(exchange, leaving):
    """Tom (baresip) and Ana (PJSIP) at their desks, and Tom talks with Carl (baresip)."""
    exchange = await opened(exchange, leaving)
    tom, his = await staffed(exchange, leaving)
    caller = await Phone("caller", CARL).open(leaving)
    ana = await Clerk(exchange, ANA).listen(leaving)
    hers = await PjPhone(f"phone {ANA}", 930, ANA, exchange.sip, answers_when_asked=False).open(leaving)
    await ana.hears_device("in service", lambda device: device["deviceState"] == "Active")
    await ana.sit(state="NotReady")
    call = await talking(exchange, tom, his, caller)
    return exchange, (tom, his), (ana, hers), caller, call


async def transfer(flags, leaving):
    """Carl waits while Tom asks Ana, and goes on with Ana; each of the two sets a disposition of their own."""
    exchange, (tom, his), (ana, hers), caller, call = await there(flags, leaving)
    consult = await asks(tom, "InitiateTransfer", call, ANA, hers)
    await asyncio.gather(caller.hears_hold_tone(), his.hears(hers), hers.hears(his))
    since = tom.now
    await tom.operate(consult, "SwapCalls", otherCallUri=f"/me/calls/{call}")
    await asyncio.gather(tom.hears("Established", call, since), tom.hears("Held", consult, since))
    await asyncio.gather(caller.hears(his), his.hears(caller), hers.hears_nobody())
    await tom.operate(call, "SwapCalls", otherCallUri=f"/me/calls/{consult}")
    await asyncio.gather(caller.hears_hold_tone(), his.hears(hers), hers.hears(his))

    since, over = tom.now, his.now
    await tom.dispose(call, "Referred")
    await tom.operate(consult, "CompleteTransfer")
    await asyncio.gather(tom.hears("Released", call, since), tom.hears("Released", consult, since), his.is_over(over))
    await asyncio.gather(caller.hears(hers), hers.hears(caller))
    told = await ana.hears("Established", kind="ParticipantsUpdated")
    same([told["id"], told["callType"]], [consult, "Inbound"], "Ana's call from then on")
    await ana.operate(consult, "Hold")
    await asyncio.gather(ana.hears("Held", consult), caller.hears_hold_tone(), hers.hears_silence())
    await ana.operate(consult, "Retrieve")
    await asyncio.gather(caller.hears(hers), hers.hears(caller))
    await ana.dispose(consult, "IssueResolved")
    await caller.hang_up()
    await asyncio.gather(ana.hears("Released", consult), hers.is_over())

    async def both():
        found = await exchange.feed("disposition", call)
        return found if len(found) >= 2 else None
    found = await eventually(both, "two dispositions in the feed", 10)
    same([(d["agent"], d["disposition"]["value"]) for d in found], [("agent1@demo", "Referred"), ("agent2@demo", "IssueResolved")],
         "one of each agent")


async def conference(flags, leaving):
    """Three and then four talk together; one holds, one is muted, one is taken out, and who hangs up leaves the others."""
    exchange, (tom, his), (ana, hers), caller, call = await there(flags, leaving)
    consult = await asks(tom, "InitiateConference", call, ANA, hers)
    await asyncio.gather(caller.hears_hold_tone(), his.hears(hers))
    await tom.operate(consult, "CompleteConference")
    await tom.hears("Established", call, kind="ParticipantsUpdated")
    await asyncio.gather(caller.hears(his, hers), his.hears(caller, hers), hers.hears(caller, his))

    since = tom.now
    await tom.operate(call, "MuteCall")
    await asyncio.gather(caller.hears(hers), his.hears(caller, hers), hers.hears(caller))
    await tom.operate(call, "UnmuteCall")
    await asyncio.gather(caller.hears(his, hers), hers.hears(caller, his))
    since = tom.now
    await tom.operate(call, "Hold")
    await asyncio.gather(tom.hears("Held", call, since), caller.hears(hers), hers.hears(caller), his.hears_silence())
    since = tom.now
    await tom.operate(call, "Retrieve")
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(his, hers), hers.hears(caller, his))

    eva, her = await staffed(exchange, leaving, EVA, 1170)
    await eva.become("NotReady")
    ringing = her.now
    await tom.operate(call, "SingleStepConference", destination={"phoneNumber": EVA})
    await her.rings(ringing)
    await her.lift()
    await asyncio.gather(caller.hears(his, hers, her), her.hears(caller, his, hers), his.hears(caller, hers, her))
    over = her.now
    await tom.operate(call, "RemoveParticipantFromConference", participant=EVA)
    await asyncio.gather(her.is_over(over), caller.hears(his, hers))
    await his.hang_up()
    await asyncio.gather(caller.hears(hers), hers.hears(caller))


async def without_asking(flags, leaving):
    """Handed on without asking: Carl hears it ring, and then Ana; one who does not lift is not left alone with Carl."""
    _, (tom, his), (ana, hers), caller, call = await there(flags, leaving)
    ringing, over, since = hers.now, his.now, tom.now
    await tom.operate(call, "SingleStepTransfer", destination={"phoneNumber": ANA})
    await hers.rings(ringing)
    await asyncio.gather(tom.hears("Released", call, since), his.is_over(over), caller.hears_the_centre())
    await hers.lift()
    await asyncio.gather(caller.hears(hers), hers.hears(caller))
    given = (await ana.calls())[0]["id"]
    ringing = his.now
    await ana.operate(given, "SingleStepTransfer", destination={"phoneNumber": TOM})
    await his.rings(ringing)
    back = hers.now
    await his.hang_up()
    await hers.rings(back)
    await hers.lift()
    await asyncio.gather(caller.hears(hers), hers.hears(caller))


async def sequence(flags, leaving):
    """The requests and topics of deployed clients, over the unmodified CometD client of their generation (transfer.mjs)."""
    exchange = await opened(flags, leaving)
    his = await exchange.phone("phone 5001", 810, TOM).open(leaving)
    hers = await exchange.phone("phone 5002", 930, ANA).open(leaving)
    caller = await Phone("caller", CARL).open(leaving)
    words = ["node", "transfer.mjs", "--url", exchange.url, "--client", "cometd3"]
    process = await asyncio.create_subprocess_exec(*words, cwd=os.path.dirname(os.path.abspath(__file__)),
                                                   stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE)
    try:
        await process.stdout.readline()  # both agents are ready to begin
        over = caller.now
        await exchange.dials(caller)
        said = (await asyncio.wait_for(process.stdout.readline(), 40)).decode().strip()
        same(said, "handed over", "how far transfer.mjs has come")
        await asyncio.gather(caller.hears(hers), hers.hears(caller), his.is_over())
        await caller.hang_up()
        await caller.is_over(over)
        same(await asyncio.wait_for(process.wait(), 30), 0, "how transfer.mjs ended")
    finally:
        if process.returncode is None:
            process.kill()


CASES = [transfer, conference, without_asking, sequence]


if __name__ == "__main__":
    sys.exit(main("handover.py", cases(CASES), 240, {"binary": "", "only": ""}))
