#!/usr/bin/env python3
"""WhatsApp as a page of configuration: a medium nobody wrote code for, from a signed webhook to the agent and back."""
import sys

from peer.expect import eventually, expect, same
from peer.house import House
from peer.lines import PASSWORD, WhatsappLine
from peer.script import main
from peer.seat import PATIENCE, WHATSAPP, Seat
from peer.signed import Account

AGENT, READER = "agent1@acme", ("reporting@acme", PASSWORD)


async def told_in_words(house):
    """What cannot be right in the page is said before anything starts."""
    with open(house.path("centre.toml"), encoding="utf-8") as file:
        page = file.read()
    for words, wrong, said in [
        ("a URL without https", ('base_url = "https:', 'base_url = "http:'), ["'base_url'", "https"]),
        ("a secret in the file", ("auth_token_env", "auth_token"), ["unknown key", "auth_token"]),
        ("a variable that is not there", ('"ACME_SMS_TOKEN"', '"ACME_OTHER_TOKEN"'), ["no variable ACME_OTHER_TOKEN"]),
        ("an address with its prefix", ('from = ["', 'from = ["whatsapp:'), ["'from'", "without 'whatsapp:'"]),
        ("a medium that something else carries", ('medium = "whatsappsession"', 'medium = "chat"'), ["not carried by the connector sms"]),
        ("a service that nobody has", ('[[sms]]\nservice = "acme-', '[[sms]]\nservice = "other-'), ["no service of this name"]),
        ("a root that is no certificate", ('roots = ["', 'roots = ["/dev/null", "/nowhere/'), ["outbound.roots"]),
    ]:
        expect(wrong[0] in page, f"the page has {wrong[0]}")
        house.write("centre.toml", page.replace(*wrong))
        went_well, answer = await house.says("config", "check")
        expect(not went_well and all(word in answer for word in said), f"{words} is refused in the words {said}", answer)
        expect("s3cret" not in answer, f"no secret is shown over {words}", answer)
    house.write("centre.toml", page)
    went_well, answer = await house.says("config", "check")
    expect(went_well and "takes webhooks of 'acme-whatsapp' at https://contact.acme.example/channels/sms/acme-whatsapp" in answer,
           "where the provider must send its webhooks is told", answer)


async def walk(flags, step, leaving):
    """One conversation over WhatsApp."""
    line = await WhatsappLine().open(leaving)
    house = await leaving.enter_async_context(House(flags.binary))
    line.furnish(house, [AGENT])
    theirs, account = "+15550009999", line.account

    step("a page that cannot be right is refused in words")
    await told_in_words(house)

    step("the server starts from the page, and an agent listens")
    await house.start()
    seat = await Seat(WHATSAPP, house.url, AGENT, PASSWORD).sit(leaving, "long-polling")
    await seat.become("Ready")

    step("a customer writes, under the names that WhatsApp's webhooks have")
    more = {"ProfileName": "Zoë Müller", "WaId": "15550009999", "ChannelMetadata": '{"type":"whatsapp","data":{"context":{}}}'}
    form = account.message(theirs, "¿Está listo? 🙂", **more)
    same([form["From"], form["To"]], ["whatsapp:+15550009999", "whatsapp:+15557772222"], "addresses as the provider has them")
    status, _ = await account.post(form, signature=account.validator.compute_signature(house.url + account.path, form))
    same(status, 403, "a webhook signed for where the server listens, not for what it is known as")
    await account.taken(form)
    session = await seat.takes(theirs)
    resource = await seat.session(session)
    same([resource["address"], resource["ownAddress"]], [theirs, "+15557772222"], "addresses without the prefix")
    same(resource["uri"], f"https://contact.acme.example/api/v2/whatsappsessions/{session}", "the address of the conversation")
    names = [p["nickname"] for p in resource["participants"] if p["type"] == "Customer"]
    same(names, ["Zoë Müller"], "the customer is called as on WhatsApp")
    same(await seat.texts(session), [("Customer", "¿Está listo? 🙂", None)], "the conversation")

    step("the agent answers, and the customer reads it")
    since = seat.ear.here
    await seat.writes(session, "Sí – está “listo” 🎉")

    async def arrived():
        return line.fake.of("Sí – está “listo” 🎉")
    sent = (await eventually(arrived, "the answer reaches the provider as it was written", PATIENCE))[0]
    same([sent["fields"]["To"], sent["fields"]["From"]], ["whatsapp:+15550009999", "whatsapp:+15557772222"], "addresses with the prefix")
    for word in "sent", "delivered", "sent", "read", "delivered":
        await account.reports(sent, word, ChannelToAddress="+1555000XXXX", EventType=word.upper())
    await seat.delivered(session, sent["text"], "read")
    await seat.hears("read", seat.change(session, "PropertiesUpdated"), since)

    step("what the provider did not sign, or is of another account, goes nowhere")
    status, _ = await account.post(account.status(sent, "failed", ErrorCode="63016"), path="/channels/sms/acme-whatsapp", signature="")
    same(status, 403, "a report that nobody signed")
    plain = Account(line.http, house.url, account.path, account_sid=account.account_sid, token=line.token, ours=line.ours, known_as=account.known_as)
    await plain.taken(plain.message(theirs, "An SMS at the address of WhatsApp"))
    same(len(await seat.texts(session)), 2, "what was written")

    step("the agent finishes")
    await seat.finishes(session, READER)
    same(len(line.fake.sent), 1, "messages that were sent")
    line.fake.check()
    return {"events": seat.ear.here}


if __name__ == "__main__":
    sys.exit(main("whatsapp.py", walk, 200, {"binary": ""}))
