#!/usr/bin/env python3
"""Calls through the server with softphones that we did not write: who hears whom, what the agent is told, what is reported."""
import asyncio
import sys

from peer.clerk import Clerk
from peer.exchange import QUEUE, Exchange
from peer.expect import eventually, expect, same
from peer.phone import Phone
from peer.rtp import Sound
from peer.script import cases, main

TOM, ANA = "5001", "5002"  # the numbers of two agents
CARL = 610  # Hz: what callers speak; the agents speak the others


async def opened(flags, leaving):
    """A server of its own."""
    exchange = await leaving.enter_async_context(Exchange(flags.binary))
    await exchange.start()
    return exchange


async def staffed(exchange, leaving, number=TOM, tone=810, channels=("voice",), **how):
    """An agent with a softphone, ready."""
    clerk = await Clerk(exchange, number).listen(leaving)
    phone = await exchange.phone(f"phone {number}", tone, number, **how).open(leaving)
    await clerk.hears_device("in service", lambda device: device["deviceState"] == "Active")
    await clerk.sit(*channels)
    return clerk, phone


async def talking(exchange, clerk, phone, caller):
    """A call through the queue, answered over REST, both sides heard. Answers it."""
    since, ringing = clerk.now, phone.now
    await exchange.dials(caller)
    call = await clerk.hears("Ringing", since=since)
    await phone.rings(ringing)
    since = await clerk.operate(call["id"], "Answer")
    await clerk.hears("Established", call["id"], since)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))
    return call["id"]


async def told_dispositions(exchange, call, count):
    """So many disposition events of a call."""
    async def there():
        found = await exchange.feed("disposition", call)
        return found if len(found) >= count else None
    found = await eventually(there, f"{count} dispositions in the feed", 10)
    same(len(found), count, "dispositions in the feed")
    return found


def check_disposition(data, call, phase, value, previous, agent="agent1@demo", dn=TOM):
    seen = {name: data.get(name) for name in ("media", "agent", "via", "phase", "callUuid", "thisDn", "queue")}
    same(seen, {"media": "voice", "agent": agent, "via": "SetCallDisposition", "phase": phase, "callUuid": call["id"], "thisDn": dn,
                "queue": "Support"}, "whose disposition it is")
    same(data["connId"], call["connId"], "the connection of the call")
    same(data["disposition"], {"key": "DispositionCode", "value": value, "previous": previous}, "the disposition")
    late = {"event": "EventUserEvent", "userData": {"DispositionCode": value}} if phase == "released" else {"event": None, "userData": None}
    same({"event": data.get("event"), "userData": data.get("userData")}, late, "what only a late one has")


# 1. From the queue to an agent.

async def answer(flags, leaving):
    """A caller is greeted and waits, an agent takes the call over REST, holds, mutes, sends keys, hangs up."""
    exchange = await opened(flags, leaving)
    tom, phone = await staffed(exchange, leaving)
    await tom.become("NotReady")
    caller = await Phone("caller", CARL).open(leaving)
    await exchange.dials(caller)
    await caller.talks()
    await caller.hears_the_centre()
    await caller.hears_hold_tone(20)
    since, ringing = tom.now, phone.now
    await tom.become("Ready")
    call = await tom.hears("Ringing", since=since)
    same([call["dnis"], call["callType"], call["mute"]], [QUEUE, "Inbound", "Off"], "what the agent sees of it")
    await phone.rings(ringing)
    await caller.hears_nobody()
    call = call["id"]
    since = await tom.operate(call, "Answer")
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))

    since = await tom.operate(call, "Hold")
    await tom.hears("Held", call, since)
    await asyncio.gather(caller.hears_hold_tone(), phone.hears_silence())
    since = await tom.operate(call, "Retrieve")
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))

    since = await tom.operate(call, "MuteCall")
    await tom.hears("Established", call, since, also=lambda c: c["mute"] == "On")
    await asyncio.gather(caller.hears_silence(), phone.hears(caller))
    since = await tom.operate(call, "UnmuteCall")
    await tom.hears("Established", call, since, also=lambda c: c["mute"] == "Off")
    await caller.hears(phone)

    keys = caller.now
    await tom.operate(call, "SendDtmf", digits="12#")
    await caller.gets_digits("12#", keys)
    keys = phone.now
    await caller.press("3*")
    await phone.gets_digits("3*", keys)

    ending, ended = phone.now, caller.now
    since = await tom.operate(call, "Hangup")
    await tom.hears("Released", call, since)
    await asyncio.gather(phone.is_over(ending), caller.is_over(ended))
    await asyncio.gather(phone.hears_silence(), caller.hears_silence())
    same(await tom.calls(), [], "calls after release")
    same(len([1 for kind, state in tom.heard_of(call) if state == "Released"]), 1, "how often it is released")


async def by_hand(flags, leaving):
    """The agent works the phone by hand, over TCP: lifts, holds with its key, hangs up. The API tells of all."""
    exchange = await opened(flags, leaving)
    tom, phone = await staffed(exchange, leaving, transport="tcp")
    caller = await Phone("caller", CARL).open(leaving)
    await exchange.dials(caller)
    call = (await tom.hears("Ringing"))["id"]
    await phone.rings()
    await phone.lift()
    await tom.hears("Established", call)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))
    since = tom.now
    await phone.press_hold()
    await tom.hears("Held", call, since)
    await asyncio.gather(caller.hears_hold_tone(), phone.hears_silence())
    since = tom.now
    await phone.press_resume()
    await tom.hears("Established", call, since)
    await asyncio.gather(caller.hears(phone), phone.hears(caller))
    since = tom.now
    await phone.hang_up()
    await tom.hears("Released", call, since)
    await caller.is_over()


async def answer_by_talk(flags, leaving):
    """A phone that knows Event: talk answers that, and is not called a second time. A caller's headers are user data."""
    exchange = await opened(flags, leaving)
    tom = await Clerk(exchange, TOM).listen(leaving)
    desk, outside = await Sound("phone 5001", 810).open(leaving), await Sound("caller", CARL).open(leaving)
    phone = await exchange.scripted_phone(leaving, TOM, "talks_when_told", ["Allow-Events: talk, hold"], media=desk.port)
    await tom.sit()
    caller = await exchange.scripted_caller(leaving, outside, headers=["X-Order: 17", "User-to-User: 00aabb;encoding=hex"])
    call = await tom.hears("Ringing")
    same([call["ani"], call["userData"].get("X-Order"), call["userData"].get("User-to-User")],
         ["+15550142", "17", "00aabb;encoding=hex"], "who calls, and what with")
    # Both of these speak to where they are spoken to from, so that one must hear something first.
    await outside.hears_the_centre()
    await tom.operate(call["id"], "Answer")
    await tom.hears("Established", call["id"])
    await asyncio.gather(outside.hears(desk), desk.hears(outside))
    await tom.operate(call["id"], "SendDtmf", digits="90")
    await outside.gets_digits("90")
    await tom.operate(call["id"], "Hangup")
    await asyncio.gather(phone.succeeds(), caller.succeeds())


# 2. From an agent.

async def dial(flags, leaving):
    """An agent dials another over REST; the other lifts and hangs up by hand."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving)
    ana, hers = await staffed(exchange, leaving, ANA, 930)
    for clerk in tom, ana:
        await clerk.become("NotReady")
    dialled = await tom.dials(ANA, userData={"Case": "17"})
    same([dialled["callType"], dialled["dnis"], dialled["userData"]], ["Internal", ANA, {"Case": "17"}], "Tom dials")
    same([p["phoneNumber"] for p in dialled["participants"]], [ANA], "whom Tom dials")
    offered = await ana.hears("Ringing")
    same([offered["callType"], [p["phoneNumber"] for p in offered["participants"]]], ["Internal", [TOM]], "Ana's caller")
    await hers.rings()
    await his.hears_the_centre(15)
    await hers.lift()
    await asyncio.gather(tom.hears("Established", dialled["id"]), ana.hears("Established", offered["id"]))
    await asyncio.gather(his.hears(hers), hers.hears(his))
    await hers.hang_up()
    await asyncio.gather(tom.hears("Released", dialled["id"]), ana.hears("Released", offered["id"]), his.is_over())


async def dial_refused(flags, leaving):
    """Calls that come to nothing: Ana rejects, nobody has the number, Tom takes it back while it rings."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving)
    ana, hers = await staffed(exchange, leaving, ANA, 930)
    for clerk in tom, ana:
        await clerk.become("NotReady")
    dialled = await tom.dials(ANA)
    offered = await ana.hears("Ringing")
    await hers.rings()
    await ana.operate(offered["id"], "Reject")
    await asyncio.gather(ana.hears("Released", offered["id"]), tom.hears("Released", dialled["id"]), hers.is_over(), his.is_over())

    over, since = his.now, tom.now
    dialled = await tom.dials("4711")
    await asyncio.gather(tom.hears("Released", dialled["id"], since), his.is_over(over))

    ringing, since, over = hers.now, ana.now, his.now
    dialled = await tom.dials(ANA)
    offered = await ana.hears("Ringing", since=since)
    await hers.rings(ringing)
    await tom.operate(dialled["id"], "Hangup")
    await asyncio.gather(ana.hears("Released", offered["id"], since), tom.hears("Released", dialled["id"]), hers.is_over(ringing),
                         his.is_over(over))
    for clerk in tom, ana:
        same(await clerk.calls(), [], f"calls of {clerk.desk.name}")


# 3. Dispositions.

async def dispositions(flags, leaving):
    """In every state of a call, and after it: just now, long ago, after a SIGKILL. Late ones are reported and not told."""
    exchange = await opened(flags, leaving)
    await exchange.kill()
    exchange.furnish("[disposition]\nlate_seconds = 1\n", {})
    done, said = await exchange.says("config", "apply")
    expect(done, "the time for late ones is set", said)
    await exchange.start()
    tom, phone = await staffed(exchange, leaving)
    caller = await Phone("caller", CARL).open(leaving)
    await exchange.dials(caller)
    call = await tom.hears("Ringing")
    one = call["id"]

    async def live(value, state):
        since = await tom.dispose(one, value)
        told = await tom.hears(state, one, since, kind="AttachedDataChanged")
        same(told["userData"].get("DispositionCode"), value, f"the user data while {state}")
    await live("Referred", "Ringing")
    await tom.operate(one, "Answer")
    await tom.hears("Established", one)
    await live("IssueResolved", "Established")
    await tom.operate(one, "Hold")
    await tom.hears("Held", one)
    await live("CallbackRequested", "Held")
    await tom.operate(one, "Hangup")
    await tom.hears("Released", one)
    await asyncio.gather(phone.is_over(), caller.is_over())

    since = tom.now
    await tom.dispose(one, "WrongNumber")
    await tom.dispose(one, "WrongNumber")
    await asyncio.sleep(1.5)  # until the time for late ones is over: it is among the last sixteen of the phone all the same
    await tom.dispose(one, "Billing", callUuid=one)
    same((await tom.call(one))["dispositionUntil"], None, "until when: as long as it is among the last")
    status, answer = await tom.desk.ask("POST", f"/me/calls/{one}", {"operationName": "SetCallDisposition", "disposition": "x", "callUuid": "y"})
    same([status, answer["statusCode"]], [400, 2], "a call that is named twice, differently")
    same(tom.heard_of(one, since), [], "what is told after release")

    wanted = [("live", "Referred", None), ("live", "IssueResolved", "Referred"), ("live", "CallbackRequested", "IssueResolved"),
              ("released", "WrongNumber", "CallbackRequested"), ("released", "Billing", "WrongNumber")]
    found = await told_dispositions(exchange, one, len(wanted))
    for data, (phase, value, previous) in zip(found, wanted):
        check_disposition(data, call, phase, value, previous)

    # A second call is cut off by the kill; both take a disposition afterwards.
    await tom.become("Ready")
    since = tom.now
    ringing = phone.now
    await exchange.dials(caller)
    other = await tom.hears("Ringing", since=since)
    await phone.rings(ringing)
    await tom.operate(other["id"], "Answer")
    await tom.hears("Established", other["id"], since)
    await exchange.kill()
    await exchange.start()
    again = await Clerk(exchange, TOM).listen(leaving)
    same(await again.calls(), [], "calls after the restart")
    await again.dispose(one, "Quality")
    await again.dispose(other["id"], "IssueResolved")
    check_disposition((await told_dispositions(exchange, one, 6))[-1], call, "released", "Quality", "Billing")
    check_disposition((await told_dispositions(exchange, other["id"], 1))[0], other, "released", "IssueResolved", None)
    ended = await exchange.feed("call.ended", other["id"])
    same([end["closer"] for end in ended], ["restart"], "how the second call ended")
    same([again.heard_of(one), again.heard_of(other["id"])], [[], []], "what is told after the restart")


# 4. Phones that do not do as they are told.

async def hold_refused(flags, leaving):
    """A phone answers 488 to holding: the agent hears of it, and nobody is on hold, to the eye and to the ear."""
    exchange = await opened(flags, leaving)
    tom = await Clerk(exchange, TOM).listen(leaving)
    desk = await Sound("phone 5001", 810).open(leaving)
    phone = await exchange.scripted_phone(leaving, TOM, "refuses_hold", media=desk.port, delay=300)
    await tom.sit()
    caller = await Phone("caller", CARL).open(leaving)
    await exchange.dials(caller)
    call = (await tom.hears("Ringing"))["id"]
    await tom.hears("Established", call)
    await asyncio.gather(caller.hears(desk), desk.hears(caller))
    since = await tom.operate(call, "Hold")
    error = await tom.hears_error("Hold", since)
    same([error["errorCode"], error["callPath"]], [488, f"/calls/{call}"], "what the agent hears of it")
    expect(error["errorMessage"], "words for old clients", error)
    same((await tom.call(call))["state"], "Established", "the state afterwards")
    await asyncio.gather(caller.hears(desk), desk.hears(caller))
    await tom.operate(call, "Hangup")
    await phone.succeeds()
    await caller.is_over()


async def hangs_up_at_once(flags, leaving):
    """A phone is lifted and put down in the same moment: released once, and never both ways."""
    exchange = await opened(flags, leaving)
    tom = await Clerk(exchange, TOM).listen(leaving)
    desk = await Sound("phone 5001", 810).open(leaving)
    phone = await exchange.scripted_phone(leaving, TOM, "hangs_up", media=desk.port, delay=300, talk=0)
    await tom.sit()
    caller = await Phone("caller", CARL).open(leaving)
    await exchange.dials(caller)
    call = (await tom.hears("Ringing"))["id"]
    await tom.hears("Released", call)
    await phone.succeeds()
    await caller.is_over()
    states = [state for kind, state in tom.heard_of(call) if kind == "StatusChange"]
    same(states, ["Ringing", "Established", "Released"], "what was told, in order")


# 5. Nobody is there.

async def phone_gone(flags, leaving):
    """The phone is gone while it rings: its agent is out of service, the next one gets the call."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving, transport="tcp")
    caller = await Phone("caller", CARL).open(leaving)
    await exchange.dials(caller)
    call = (await tom.hears("Ringing"))["id"]
    await his.rings()
    since = tom.now
    await his.unplug()
    await tom.hears_device("out of service", lambda device: device["deviceState"] == "Inactive", since)
    await tom.hears("Released", call, since)
    await caller.hears_the_centre()
    ana, hers = await staffed(exchange, leaving, ANA, 930)
    again = await ana.hears("Ringing")
    same(again["id"], call, "the same call")
    await hers.rings()
    await ana.operate(call, "Answer")
    await ana.hears("Established", call)
    await asyncio.gather(caller.hears(hers), hers.hears(caller))


async def restart(flags, leaving):
    """After a SIGKILL a phone is rung without having registered again; one that is gone is found out, and its agent told."""
    exchange = await opened(flags, leaving)
    _, phone = await staffed(exchange, leaving)
    await exchange.kill()
    before = phone.sip_now
    await exchange.start()
    tom = await Clerk(exchange, TOM).listen(leaving)
    asked = await phone.saw("question", lambda m: m.method == "OPTIONS", before)
    await phone.saw("answer", lambda m: m.code and m.get("CSeq") == asked.get("CSeq") and m.get("Call-ID") == asked.get("Call-ID"), before)
    caller = await Phone("caller", CARL).open(leaving)
    call = await talking(exchange, tom, phone, caller)
    registered = [m for m in phone.program.messages[before:] if m.method == "REGISTER"]
    same(registered, [], "registrations with the second server")
    since = tom.now
    await tom.operate(call, "Hangup")
    await tom.hears("Released", call, since)

    await exchange.kill()
    await phone.unplug()
    await exchange.start()
    tom = await Clerk(exchange, TOM).listen(leaving)
    await tom.hears_device("out of service", lambda device: device["deviceState"] == "Inactive")
    told = [event for kind in ("device.in-service", "device.out-of-service") for event in await exchange.feed(kind)]
    same(len(told), 2, "how often reporting is told of the phone")


async def no_answer(flags, leaving):
    """Nobody lifts: after the time of an offer the agent is not ready, with the reason, and the next one gets the call."""
    exchange = await opened(flags, leaving)
    tom, his = await staffed(exchange, leaving)
    caller = await Phone("caller", CARL).open(leaving)
    await exchange.dials(caller)
    call = (await tom.hears("Ringing"))["id"]
    ana, hers = await staffed(exchange, leaving, ANA, 930)
    await tom.hears("Released", call, seconds=45)
    state = await tom.is_now("NotReady")
    same(state.get("reason"), "No answer", "why Tom is not ready")
    await his.is_over()
    await ana.hears("Ringing", call)
    await hers.rings()
    await caller.hears_nobody()
    await caller.hang_up()
    await asyncio.gather(ana.hears("Released", call), hers.is_over())


async def abandoned(flags, leaving):
    """A caller gives up: in the queue, and while it rings. Reporting counts both as abandoned."""
    exchange = await opened(flags, leaving)
    tom, phone = await staffed(exchange, leaving)
    caller, since = await Phone("caller", CARL).open(leaving), tom.now
    await exchange.dials(caller)
    call = (await tom.hears("Ringing", since=since))["id"]
    await phone.rings()
    await caller.hang_up()
    await asyncio.gather(tom.hears("Released", call), phone.is_over())
    await tom.is_now("Ready")

    await tom.become("NotReady")
    sound, since = await Sound("caller", CARL).open(leaving), tom.now
    scripted = await exchange.scripted_caller(leaving, sound, talk=9000)
    await sound.hears_hold_tone(15)
    await scripted.succeeds()
    await tom.become("Ready")
    await asyncio.sleep(0.5)
    same(await tom.calls(), [], "what is offered of a call that is over")
    ended = await exchange.feed("call.ended")
    same([(end["abandoned"], end["closer"]) for end in ended], [(True, "customer")] * 2, "how both calls ended")


# 6. Media beside each other.

async def slots(flags, leaving):
    """Who is in a call is offered no second one; it comes when the first is over."""
    exchange = await opened(flags, leaving)
    tom, phone = await staffed(exchange, leaving)
    caller = await Phone("caller", CARL).open(leaving)
    call = await talking(exchange, tom, phone, caller)
    second = await Phone("second", 1170).open(leaving)
    await exchange.dials(second)
    await second.talks()
    await second.hears_hold_tone(20)
    same([c["id"] for c in await tom.calls()], [call], "calls of somebody who talks")
    await asyncio.gather(caller.hears(phone), phone.hears(caller))
    # The next call may ring before the answer to the hang-up is read.
    ringing = phone.now
    since = await tom.operate(call, "Hangup")
    await tom.hears("Released", call, since)
    await tom.become("Ready")
    other = await tom.hears("Ringing", since=since, also=lambda c: c["id"] != call)
    await phone.rings(ringing)
    await tom.operate(other["id"], "Answer")
    await asyncio.gather(second.hears(phone), phone.hears(second))


CASES = [answer, by_hand, answer_by_talk, dial, dial_refused, dispositions, hold_refused, hangs_up_at_once, phone_gone, restart,
         no_answer, abandoned, slots]


if __name__ == "__main__":
    sys.exit(main("voice.py", cases(CASES), 600, {"binary": "", "only": ""}))
