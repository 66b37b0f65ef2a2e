#!/usr/bin/env python3
"""An SMS from its webhook, signed by the provider's own package, to the agent and back."""
import asyncio
import os
import sys
import time
import urllib.parse

from multidict import MultiDict
from yarl import URL

from peer.expect import expect, same
from peer.script import main
from peer.seat import SMS, Seat
from peer.signed import Account, client, sid
from peer.simulators import Simulators

READER = ("reporting@demo", "demo")


async def refusals(account, theirs):
    """What the provider did not sign, or not this, is turned away."""
    form = account.message(theirs, "I was never here")
    right = account.validator.compute_signature(account.known_as + account.path, form)
    body = urllib.parse.urlencode(form)
    changed = ("A" if right[0] != "A" else "B") + right[1:]
    elsewhere = account.validator.compute_signature("https://evil.example" + account.path, form)
    for words, how in [
        ("one byte of the signature changed", {"signature": changed}),
        ("no signature", {"signature": ""}),
        ("one byte of the body changed", {"body": body.replace("never", "newer")}),
        ("a field added behind the signature", {"body": body + "&MediaUrl0=https%3A%2F%2Fevil.example"}),
        ("a field left out", {"body": body.replace("&NumMedia=0", "")}),
        ("signed for another address", {"signature": elsewhere}),
        ("sent to another address", {"path": account.path + "?x=1", "signature": right}),
    ]:
        status, text = await account.post(form, **how)
        same([status, text], [403, ""], f"a webhook with {words}")


async def walk(flags, step, leaving):
    """One conversation, and two messages that do not arrive."""
    http = await leaving.enter_async_context(client())
    known_as = flags.url.replace("//127.0.0.1", "//localhost")
    account = Account(http, flags.url, "/channels/sms/demo-sms", account_sid="ACde300000000000000000000000000001",
                      token="demo-sms-token", ours="+15550100", known_as=known_as)
    simulators = Simulators(http, flags.url, "sms")
    theirs = f"+1555{os.getpid() % 100:02}{time.time_ns() // 1000 % 100:02}90"

    step("an agent listens and gets ready")
    seat = await Seat(SMS, flags.url, flags.agents).sit(leaving, flags.transport)
    await seat.become("Ready")

    step("forged webhooks are turned away")
    await refusals(account, theirs)

    step("the same webhook eight times at once is one message")
    first = account.message(theirs, "Où est mon colis ? 🙂 & more=1", **{"Neu und unbekannt": "ja & nein", "AddOns": '{"a":"ü"}'})
    token = sid("")
    await asyncio.gather(*(account.taken(first, token=token) for _ in range(8)))
    session = await seat.takes(theirs)
    wanted = [("Customer", "Où est mon colis ? 🙂 & more=1", None)]
    same(await seat.texts(session), wanted, "the conversation, in which nothing forged is")
    resource = await seat.session(session)
    same([resource["address"], resource["ownAddress"], resource["userData"].get("PhoneNumber")], [theirs, "+15550100", theirs], "who talks")

    step("whatever else the provider may send is taken, too")
    repeated = MultiDict(account.message(theirs, "Fields come twice"))
    for value in "2", "1", "2":
        repeated.add("AddOn", value)
    await account.taken(repeated, body=urllib.parse.urlencode(list(repeated.items())))
    get = account.path + "?" + urllib.parse.urlencode(account.message(theirs, "By GET, ça va"))
    signature = account.validator.compute_signature(known_as + get, {})
    async with http.get(URL(flags.url + get, encoded=True), headers={"X-Twilio-Signature": signature}) as answer:
        same([answer.status, await answer.text()], [200, "<Response/>"], "a webhook by GET")
    by_address = Account(http, flags.url, account.path, account_sid=account.account_sid, token="demo-sms-token", ours=account.ours)
    await by_address.taken(by_address.message(theirs, "Signed for the address of this machine"))
    await account.taken(first, token="another")
    await account.taken(account.message(theirs, "The header says it is the same", sid("SM")), token=token)
    wanted += [("Customer", text, None) for text in ("Fields come twice", "By GET, ça va", "Signed for the address of this machine")]
    same(await seat.texts(session), wanted, "the conversation, with nothing twice")

    step("the agent answers, and the provider reports")
    since = seat.ear.here
    await seat.writes(session, "Très bien – it’s on its way")
    # Spelled so that a dash and a quote do not cost a dear alphabet.
    await simulators.got(theirs, "Très bien - it's on its way")
    await seat.delivered(session, "Très bien – it’s on its way", "delivered")
    await seat.hears("delivered", seat.change(session, "PropertiesUpdated"), since)
    same(len(await simulators.calls(theirs)), 1, "messages to the customer")

    step("the agent finishes")
    await seat.finishes(session, READER)

    step("the agent hears of what does not arrive")
    for end, code, state in [("0001", "21610", "failed"), ("0002", "30003", "undelivered")]:
        other = f"+1555{time.time_ns() // 1000 % 1000:03}{end}"
        await account.taken(account.message(other, "Hello?"))
        session = await seat.takes(other)
        since = seat.ear.here
        reference = await seat.writes(session, "Can you read this?")
        told = await seat.hears("an error of the command", seat.change(session, "Error"), since)
        same(told["data"].get("referenceId"), reference, "the error names its command")
        message = next(m for m in await seat.messages(session) if m.get("text") == "Can you read this?")
        same([message["delivery"], message["deliveryCode"]], [state, code], "the state of the message")
        expect("ResendMessage" in (await seat.session(session))["capabilities"], "it may be sent again")
        await seat.operate(session, "Complete")
    await seat.become("NotReady")
    return {"transport": flags.transport, "events": seat.ear.here}


if __name__ == "__main__":
    sys.exit(main("sms.py", walk, 150, {"url": "http://127.0.0.1:8080", "agents": "agent1@demo", "transport": "long-polling"}))
