#!/usr/bin/env python3
"""The rig for calls, without a server: phones call each other, so that a fault of theirs is not taken for the server's."""
import asyncio
import sys

from peer.expect import expect, same
from peer.phone import Phone
from peer.rtp import Sound
from peer.script import cases, main
from peer.sipp import Sipp, register

MD5 = 'WWW-Authenticate: Digest realm="rig", nonce="once", qop="auth", algorithm=MD5'


async def phones_talk(_, leaving):
    """Two softphones hear each other and nobody else, keys and holding included, and nothing afterwards."""
    alice, bob = await asyncio.gather(Phone("alice", 610).open(leaving), Phone("bob", 810, transport="tcp").open(leaving))
    await bob.hears_silence()
    await alice.dial(bob.uri)
    await asyncio.gather(bob.rings(), alice.hears_ringing())
    await bob.lift()
    await asyncio.gather(alice.talks(), bob.talks())
    await asyncio.gather(alice.hears(bob), bob.hears(alice))
    await alice.press("15*")
    await bob.gets_digits("15*")
    since = bob.sip_now
    await alice.press_hold()
    held = await bob.saw("holding", lambda m: m.method == "INVITE", since)
    same(held.direction, "sendonly", "how a phone holds")
    await asyncio.gather(alice.hears_silence(), bob.hears_silence())
    await alice.press_resume()
    await asyncio.gather(alice.hears(bob), bob.hears(alice))
    await alice.hang_up()
    await bob.is_over()
    await asyncio.gather(alice.hears_silence(), bob.hears_silence())


async def phones_register(_, leaving):
    """A softphone and sipp prove who they are; who has a wrong password is turned away."""
    async def registrar():
        return await Sipp("registrar", user="5001", password="demo", challenges=MD5, seconds=20).open(leaving)
    first, second, third = await asyncio.gather(registrar(), registrar(), registrar())
    await Phone("alice", 610, "5001", f"127.0.0.1:{first.port}").open(leaving)
    await register(leaving, f"127.0.0.1:{second.port}", "5001")
    await asyncio.gather(first.succeeds(), second.succeeds())
    wrong = await Sipp("register", target=f"127.0.0.1:{third.port}", user="5001", password="wrong", expires=300, seconds=20).open(leaving)
    same((await wrong.ends())["failed"], 1, "registrations with a wrong password that fail")
    expect(any(m.code == 403 for m in wrong.messages()), "the wrong password is found out", wrong.starts())


async def a_phone_lifts_when_asked(_, leaving):
    """A softphone rings on for an ordinary call, and lifts for one whose headers ask for that."""
    bob = await Phone("bob", 810, answers_when_asked=True).open(leaving)
    sound = await Sound("carl", 930).open(leaving)
    call = {"target": bob.address, "number": "bob", "user": "carl", "name": "Carl", "password": "", "media": sound.port, "talk": 20000}
    plain = await Sipp("caller", headers=["X-Order: 17", "User-to-User: 00aabb;encoding=hex"], **call).open(leaving)
    await bob.rings()
    asked = await bob.saw("call", lambda m: m.method == "INVITE")
    same([asked.get("X-Order"), asked.get("User-to-User"), asked.asks_to_answer], ["17", "00aabb;encoding=hex", False], "headers")
    await bob.hang_up()
    same((await plain.ends())["failed"], 1, "calls that were refused")
    since = bob.now
    asking = await Sipp("caller", headers=["Call-Info: <sip:127.0.0.1>;answer-after=0"], **call).open(leaving)
    await bob.talks(since)
    await asyncio.gather(bob.hears(sound), sound.hears(bob))
    await bob.press("4#")
    await sound.gets_digits("4#")
    await bob.hang_up()
    await asking.succeeds()
    await sound.hears_silence()


async def phones_of_sipp(_, leaving):
    """Each page of a phone does what it says, against a softphone."""
    alice = await Phone("alice", 610).open(leaving)

    async def calls(scenario, **fields):
        phone, since = await Sipp(scenario, seconds=30, **fields).open(leaving), alice.now
        await alice.dial(f"sip:carl@127.0.0.1:{phone.port}")
        return phone, since

    async def keys(press):
        since = alice.sip_now
        await press()
        answer = await alice.saw("answer", lambda m: (m.code or 0) >= 200 and m.get("CSeq").endswith("INVITE"), since)
        return answer.code, answer.direction
    for scenario, hold in ("answers", (200, "recvonly")), ("refuses_hold", (488, "sendrecv")):
        sound = await Sound("carl", 930).open(leaving)
        phone, since = await calls(scenario, delay=100, media=sound.port)
        await alice.talks(since)
        await asyncio.gather(alice.hears(sound), sound.hears(alice))
        for _ in range(2):
            same(await keys(alice.press_hold), hold, f"{scenario}: to be held")
            same(await keys(alice.press_resume), (200, "sendrecv"), f"{scenario}: to go on")
        await alice.hang_up()
        await phone.succeeds()
    phone, since = await calls("refuses", delay=100, code=486)
    expect((await alice.is_over(since)).startswith("486"), "the code of a refusal")
    await phone.succeeds()
    phone, since = await calls("rings_on")
    await alice.hears_ringing(since)
    await alice.hang_up()
    await phone.succeeds()
    phone, since = await calls("hangs_up", delay=0, talk=0, media=sound.port)
    await alice.is_over(since)
    await phone.succeeds()


async def pages_against_pages(_, leaving):
    """What no softphone does, done by sipp at both ends: Event: talk, and digest for a call."""
    sound = await Sound("carl", 930).open(leaving)
    told = await Sipp("talks_when_told", media=sound.port, seconds=20).open(leaving)
    tells = await Sipp("tells", target=f"127.0.0.1:{told.port}", media=sound.port, talk=100, seconds=20).open(leaving)
    await asyncio.gather(told.succeeds(), tells.succeeds())
    challenges = await Sipp("challenges", user="5002", password="demo", media=sound.port, seconds=20).open(leaving)
    caller = await Sipp("caller", target=f"127.0.0.1:{challenges.port}", number="9000", user="5002", name="Carl", password="demo",
                        media=sound.port, talk=100, seconds=20).open(leaving)
    await asyncio.gather(challenges.succeeds(), caller.succeeds())


CASES = [phones_talk, phones_register, a_phone_lifts_when_asked, phones_of_sipp, pages_against_pages]


if __name__ == "__main__":
    sys.exit(main("rig.py", cases(CASES), 180, {"only": ""}))
