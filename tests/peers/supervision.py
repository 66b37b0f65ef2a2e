#!/usr/bin/env python3
"""Supervisors with softphones that we did not write: tones tell whom they hear and who hears them, in every mode."""
import asyncio
import sys

from peer.clerk import Clerk
from peer.expect import eventually, same
from peer.phone import Phone
from peer.pjsip import PjPhone
from peer.rtp import Sound
from peer.script import cases, main
from voice import ANA, CARL, TOM, opened, staffed, talking

SASHA, TONE = "5009", 1170  # the number of a supervisor, and what they say


async def supervisor(exchange, leaving):
    """A supervisor, who has no phone yet."""
    return await Clerk(exchange, SASHA, "supervisor@demo").listen(leaving)


async def at_work(sasha):
    """They have one now, and begin."""
    await sasha.hears_device("in service", lambda device: device["deviceState"] == "Active")
    return await sasha.sit(state="NotReady")


async def asks(sasha, operation, **parameters):
    """What a supervisor asks of their own phone."""
    since, device = sasha.now, await sasha.device()
    answer = await sasha.desk.operate(f"/me/devices/{device['id']}", operation, **parameters)
    same(answer, {"statusCode": 0}, f"{operation} answers exactly")
    return since


async def coaching(ear, agent, customer):
    """The agent hears the supervisor. From then on the customer must not, who hears the agent alone."""
    await agent.hears(customer, ear)
    await asyncio.gather(customer.hears(agent), ear.hears(customer, agent))


async def listening(flags, leaving):
    """A supervisor (PJSIP) comes into a call between baresip phones, and listens, coaches, keeps silent, steps in and out."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving)
    caller = await Phone("caller", CARL).open(leaving)
    sasha = await supervisor(exchange, leaving)
    ear = await PjPhone(f"phone {SASHA}", TONE, SASHA, exchange.sip).open(leaving)
    await at_work(sasha)
    call = await talking(exchange, tom, his, caller)

    since, told = tom.now, await asks(sasha, "ListenIn", phoneNumber=TOM)
    followed = (await sasha.hears("Established", since=told))["id"]
    same(followed, call, "the call that the supervisor is in")
    await tom.hears("Established", call, since, also=lambda c: c["supervisorListeningIn"])
    await ear.hears(caller, his)
    await asyncio.gather(his.hears(caller), caller.hears(his))

    await sasha.operate(call, "SwitchToCoach")
    await coaching(ear, his, caller)

    since = tom.now
    await sasha.operate(call, "MuteMonitoredUser")
    await tom.hears("Established", call, since, "MonitoredUserMutedStateChange", also=lambda c: c["monitoredUserMuted"])
    await asyncio.gather(caller.hears_nobody(), his.hears(caller, ear), ear.hears(caller))
    await sasha.operate(call, "UnmuteMonitoredUser")
    await asyncio.gather(caller.hears(his), ear.hears(caller, his))

    since = tom.now
    await sasha.operate(call, "SwitchToBargeIn")
    told = await tom.hears("Established", call, since, "ParticipantsUpdated")
    same([one["phoneNumber"] for one in told["participants"]][-1], SASHA, "who has come in")
    await asyncio.gather(caller.hears(his, ear), his.hears(caller, ear), ear.hears(caller, his))
    await sasha.operate(call, "MuteMonitoredUser")
    await asyncio.gather(caller.hears(ear), ear.hears(caller))
    await sasha.operate(call, "UnmuteMonitoredUser")
    await sasha.operate(call, "SwitchToListenIn")
    await his.hears(caller)
    await asyncio.gather(caller.hears(his), ear.hears(caller, his))

    over, since = ear.now, tom.now
    await asks(sasha, "CancelSupervisorMonitoring")
    await asyncio.gather(ear.is_over(over), tom.hears("Established", call, since, also=lambda c: not c["supervisorListeningIn"]))
    await asyncio.gather(caller.hears(his), his.hears(caller))


async def armed(flags, leaving):
    """A supervisor (baresip) is rung with each call of an agent (PJSIP), lifts by hand, and goes on with whom it is handed to."""
    exchange = await opened(flags, leaving)
    ana = await Clerk(exchange, ANA).listen(leaving)
    hers = await PjPhone(f"phone {ANA}", 930, ANA, exchange.sip).open(leaving)
    await ana.hears_device("in service", lambda device: device["deviceState"] == "Active")
    await ana.sit()
    caller = await Phone("caller", CARL).open(leaving)
    sasha = await supervisor(exchange, leaving)
    ear = await Phone(f"phone {SASHA}", TONE, SASHA, exchange.sip).open(leaving)
    await at_work(sasha)
    await asks(sasha, "Coach", phoneNumber=ANA)

    ringing = ear.now
    await exchange.dials(caller)
    call = (await ana.hears("Ringing"))["id"]
    await asyncio.gather(hers.rings(), ear.rings(ringing))
    await ana.operate(call, "Answer")
    await asyncio.gather(caller.hears(hers), hers.hears(caller))
    await ear.lift()
    await coaching(ear, hers, caller)

    tom, his = await staffed(exchange, leaving)
    await tom.become("NotReady")
    ringing = his.now
    await ana.operate(call, "SingleStepTransfer", destination={"userName": "agent1@demo"})
    await his.rings(ringing)
    await his.lift()
    await asyncio.gather(coaching(ear, his, caller), hers.is_over())

    over = ear.now
    await caller.hang_up()
    await ear.is_over(over)

    async def reported():
        joined = [one for one in await exchange.feed("call.joined") if one.get("monitoring")]
        return joined or None
    joined = await eventually(reported, "the supervisor in the feed", 10)
    same([[one["monitoring"], one["agent"]] for one in joined], [["coach", "supervisor@demo"]], "who listened, and how")


async def scripted(flags, leaving):
    """Supervisors' phones that are sipp: one that is called and taken out by the server, and one that refuses."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving)
    caller = await Phone("caller", CARL).open(leaving)
    sasha = await supervisor(exchange, leaving)
    ear = await Sound(f"phone {SASHA}", TONE).open(leaving)
    phone = await exchange.scripted_phone(leaving, SASHA, "answers", media=ear.port, delay=200)
    await at_work(sasha)
    call = await talking(exchange, tom, his, caller)
    told = await asks(sasha, "Coach", phoneNumber=TOM)
    await sasha.hears("Established", call, told)
    await coaching(ear, his, caller)
    await asks(sasha, "CancelSupervisorMonitoring", phoneNumber=TOM)
    await phone.succeeds()
    await asyncio.gather(caller.hears(his), his.hears(caller))

    phone = await exchange.scripted_phone(leaving, SASHA, "refuses", delay=200, code=486)
    since, told = tom.now, await asks(sasha, "ListenIn", phoneNumber=TOM)
    await sasha.hears("Released", call, told)
    await phone.succeeds()
    same([state for _, state in tom.heard_of(call, since)], [], "what the agent is told of it")
    await asyncio.gather(caller.hears(his), his.hears(caller))
    same((await sasha.device())["supervisorMonitoringState"]["state"], "ListenIn", "what the supervisor follows still")


CASES = [listening, armed, scripted]


if __name__ == "__main__":
    sys.exit(main("supervision.py", cases(CASES), 240, {"binary": "", "only": ""}))
