#!/usr/bin/env python3
"""A private message from its webhook, signed by a package that is not ours, to the agent and back."""
import asyncio
import os
import sys
import time

from peer.expect import expect, same
from peer.lines import now
from peer.script import main
from peer.seat import MESSENGER, Seat
from peer.signed import Page, Signer, client, sid
from peer.simulators import Simulators

READER = ("reporting@demo", "demo")
PAGE, APP, SECRET = "1000001", 1000002, "demo-app-secret"
INBOX = 263902037430900  # the app of a page's own inbox


async def verification(page):
    """The platform makes sure whose webhook it is."""
    right = {"mode": "subscribe", "verify_token": "demo-verify", "challenge": "1158201444"}
    same(await page.verify(**right), (200, "1158201444"), "the challenge comes back as it is")
    for words, wrong in [("another token", {"verify_token": "demo-verifx"}), ("no token", {"verify_token": ""}),
                         ("another mode", {"mode": "unsubscribe"})]:
        status, text = await page.verify(**{**right, **wrong})
        same([status, "1158201444" in text], [403, False], f"verification with {words}")


async def refusals(page, person):
    """What the platform did not sign, or not in these bytes, is turned away."""
    event = page.event(person, now(), message={"mid": sid("m_"), "text": "Ich war nie hier: ü"})
    body = page.written(page.envelope(event))
    right = await page.signer.sign("sha256", page.secret, body)
    changed = right[:-1] + ("0" if right[-1] != "0" else "1")
    for words, sent, signature in [
        ("one digit of the signature changed", body, changed),
        ("no signature but the old one", body, ""),
        ("the old signature in the place of the new one", body, await page.signer.sign("sha1", page.secret, body)),
        ("another secret", body, await page.signer.sign("sha256", "demo-app-secreu", body)),
        ("one byte changed", body.replace(b"nie", b"nje"), right),
        ("the same words in other bytes", body.replace(b"\\u00fc", "ü".encode()), right),
        ("what is no JSON", b"{", right),
    ]:
        same(await page.post(sent, signature=signature), 403, f"a webhook with {words}")


async def walk(flags, step, leaving):
    """One conversation, with everything that a page's webhook brings along."""
    http = await leaving.enter_async_context(client())
    signer = await Signer().open()
    leaving.push_async_callback(signer.close)
    page = Page(http, signer, flags.url, "/channels/messenger/demo-page", page=PAGE, secret=SECRET)
    simulators = Simulators(http, flags.url, "messenger")
    person = f"9{os.getpid()}{time.time_ns() // 1000 % 1000:03}77"

    async def happens(**payload):
        await page.taken(page.event(person, now(), **payload))

    step("the platform makes sure whose webhook it is")
    await verification(page)

    step("an agent listens and gets ready")
    seat = await Seat(MESSENGER, flags.url, flags.agents).sit(leaving, flags.transport)
    await seat.become("Ready")

    step("forged webhooks are turned away")
    await refusals(page, person)
    # By this the simulated page gets to know the person, so that answers are let through.
    await simulators.say(**{"from": person}, text="I was never here", signature="bad", copies=1)

    step("the same webhook eight times at once is one message")
    first = {"mid": sid("m_"), "text": "Wann öffnet ihr? 🙂 </script>", "is_new": {"ja": "ü"}}
    event = page.event(person, now(), message=first)
    await asyncio.gather(*(page.taken(event) for _ in range(8)))
    session = await seat.takes(person)
    wanted = [("Customer", first["text"], None)]
    same(await seat.texts(session), wanted, "the conversation, in which nothing forged is")
    same((await seat.session(session))["address"], person, "who talks")

    step("three entries with four events each, in order of time")
    start = now()
    numbered = [page.event(person, start + number, message={"mid": sid("m_"), "text": f"Nr. {number}"}) for number in range(12)]
    await page.taken(entries=[{"id": PAGE, "time": start, "messaging": numbered[place:place + 4][::-1]} for place in (0, 4, 8)])
    wanted += [("Customer", f"Nr. {number}", None) for number in range(12)]
    same(await seat.texts(session), wanted, "the conversation")

    step("whatever else comes is taken")
    sticker = {"url": "https://cdn.example/s.png", "sticker_id": 369239263222822}
    await happens(message={"mid": sid("m_"), "attachments": [{"type": "sticker", "payload": sticker}]})
    await happens(message={"mid": sid("m_"), "attachments": [{"type": "image", "payload": sticker}], "sticker_id": sticker["sticker_id"]})
    await happens(postback={"mid": sid("m_"), "title": "Öffnungszeiten", "payload": "HOURS"})
    await happens(reaction={"mid": first["mid"], "action": "react", "emoji": "👍", "reaction": "like"})
    await happens(something_new={"of": "next year"})
    await page.taken(entries=[{"id": PAGE, "time": now(), "changes": [{"field": "feed", "value": {}}]}])
    await happens(message=first)
    texts = [text for _, text, _ in await seat.texts(session)]
    same(texts.count(sticker["url"]), 4, "stickers, old and new, each as a text and a link")
    same([texts.count("Öffnungszeiten"), texts.count(first["text"])], [1, 1], "the button that was tapped, and the first message")

    step("the agent answers; copies of their words change nothing, and others' words are shown")
    answer = "Wir öffnen um 9 – kommt vorbei 🙂"
    since = seat.ear.here
    await seat.writes(session, answer)
    mid = await simulators.got(person, answer)
    index = next(m["index"] for m in await seat.messages(session) if m.get("text") == answer)
    echo = {"mid": mid, "text": answer, "is_echo": True, "app_id": APP, "metadata": f"{session}/{index}"}
    await asyncio.gather(*(happens(message=echo) for _ in range(4)))
    await happens(message={"mid": sid("m_"), "text": "Das war der Posteingang", "is_echo": True, "app_id": INBOX})
    await seat.delivered(session, answer, "delivered", "read")
    await seat.hears("delivered", seat.change(session, "PropertiesUpdated"), since)
    texts = [text for _, text, _ in await seat.texts(session)]
    same([texts.count(answer), texts.count("Das war der Posteingang")], [1, 1], "each once")
    shown = next(m["from"] for m in await seat.messages(session) if m.get("text") == "Das war der Posteingang")
    expect(shown["type"] != "Customer" and shown["nickname"] != "Tom", "somebody else at the page wrote it", shown)

    step("what the platform refuses the agent hears of, and what is read later does not hide it")
    unfit, since = "This one does not fit #2018109", seat.ear.here
    reference = await seat.writes(session, unfit)
    told = await seat.hears("an error of the command", seat.change(session, "Error"), since)
    same(told["data"].get("referenceId"), reference, "the error names its command")
    await happens(read={"watermark": now()})
    await seat.delivered(session, answer, "read")
    same((await seat.deliveries(session))[unfit], "failed", "the state of the refused message after all was read")
    expect("ResendMessage" in (await seat.session(session))["capabilities"], "it may be sent again")

    step("the agent finishes")
    await seat.finishes(session, READER)
    same(len(await simulators.calls(person)), 1, "messages to the customer")
    await seat.become("NotReady")
    return {"transport": flags.transport, "events": seat.ear.here}


if __name__ == "__main__":
    sys.exit(main("messenger.py", walk, 150, {"url": "http://127.0.0.1:8080", "agents": "agent1@demo", "transport": "long-polling"}))
