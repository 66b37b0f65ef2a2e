#!/usr/bin/env python3
"""One chat from the customer's request to the last line in the feed, heard through an unmodified aiocometd."""
import argparse
import asyncio
import contextlib
import json
import os
import sys
import time

from peer import oldloop
from peer.desk import Customer, Desk, dispositions_of
from peer.ear import Ear
from peer.expect import Broken, eventually, expect, is_int, same
from peer.shapes import about, check_disposition, check_event, log, note
from peer.turn import take_turn


class Seat:
    """An agent at work: logged in, listening, with a chat session started but not ready."""

    async def sit(self, flags, name, leaving):
        self.desk = Desk(flags.url, name)
        leaving.push_async_callback(self.desk.leave)
        self.user = await self.desk.me()
        host = flags.url if flags.by_address else flags.url.replace("//127.0.0.1", "//localhost")
        self.ear = Ear(f"{host}/api/v2/notifications", self.desk, flags.transport, flags.ack == "on")
        leaving.push_async_callback(self.ear.close)
        await self.ear.open()
        await self.desk.operate("/me", "StartContactCenterSession", channels=["chat"])
        await self.become("NotReady")
        return self

    async def become(self, state):
        before, since = await self.desk.chat_state(), self.ear.here
        await self.desk.operate("/me/channels/chat", state)
        if before != state:
            await self.ear.next(f"channel chat {state}", lambda event: self._chat_is(event, state), since)

        async def agreed():
            return await self.desk.chat_state() == state
        await eventually(agreed, f"{self.desk.name} is {state} on chat")

    @staticmethod
    def _chat_is(event, state):
        data = event["data"]
        return event["channel"] == "/v2/me/channels" and data["messageType"] == "ChannelStateChangeMessageV2" and any(
            c["channel"] == "chat" and c["userState"]["state"] == state for c in data["channels"])

    async def accept(self, chat_id, nickname):
        """Accepts an offer, checks the three notes that follow, and answers the transcript."""
        since = self.ear.here
        answer = await self.desk.operate(f"/me/chats/{chat_id}", "Accept", nickname=nickname)
        status = check_event(await self.ear.next("Chatting", note(chat_id, "StatusChange", "Chatting"), since))
        parties = check_event(await self.ear.next("ParticipantsUpdated", note(chat_id, "ParticipantsUpdated", "Chatting"), since))
        spoken = check_event(await self.ear.next("MessageLogUpdated", log(
            chat_id, lambda m: m["type"] == "ParticipantJoined" and m["from"]["nickname"] == nickname), since))
        references(answer, status, "Accept")
        order = [event["position"] for event in (status, parties, spoken)]
        same(order, sorted(order), "StatusChange, ParticipantsUpdated, MessageLogUpdated in this order")
        present = {(p["type"], p["nickname"]) for p in parties["data"]["chat"]["participants"]}
        expect({("Customer", "Ines"), ("Agent", nickname)} <= present, "customer and agent are participants", sorted(present))
        return spoken["data"]["messages"]


def references(answer, event, operation):
    expect(is_int(event["data"].get("referenceId")), f"the event of {operation} has a referenceId", event["data"])
    if "referenceId" in answer:
        same(event["data"]["referenceId"], answer["referenceId"], f"the referenceId of {operation}")


async def walk(flags, step, leaving):
    names = flags.agents.split(",")
    step("both agents log in, listen and start their sessions")
    first = await Seat().sit(flags, names[0], leaving)
    second = await Seat().sit(flags, names[1], leaving)
    same(first.ear.client.connection_type.value, flags.transport, "the client uses the transport asked for")

    step("a customer asks for a chat; the only ready agent is invited first of all")
    release = await take_turn(flags.url)
    leaving.callback(release)
    await first.become("Ready")
    mark = f"walk-{os.getpid()}-{time.time_ns()}"
    customer = Customer(flags.url, first.desk.http.__class__())
    leaving.push_async_callback(customer.http.close)
    await customer.command(nickname="Ines", subject="Invoice 17", **{"userData[Walk]": mark})
    chat_id = customer.chat_id
    leaving.push_async_callback(customer.hang_up)  # a chat of a failed walk must not wait for the next one
    chat = f"/me/chats/{chat_id}"
    invited = check_event(await first.ear.next("first event of the chat", about(chat_id)))
    data = invited["data"]
    same([data["messageType"], data["notificationType"], data["chat"]["state"]],
         ["ChatStateChangeMessage", "StatusChange", "Invited"], "the first event of a new chat")
    same(data["chat"]["userData"].get("Walk"), mark, "the customer's data reach the agent")

    step("the agent accepts")
    messages = await first.accept(chat_id, "Tom")
    await first.become("NotReady")
    release()
    same([m["type"] for m in messages], ["ParticipantJoined", "ParticipantJoined"], "the whole transcript")

    step("they talk")
    since = first.ear.here
    await customer.command("send", message="Where is my invoice? Ünïcödé 🙂")
    heard = check_event(await first.ear.next("the customer speaks", log(chat_id, lambda m: m["type"] == "Text"), since))
    same(heard["data"]["messages"][-1]["text"], "Where is my invoice? Ünïcödé 🙂", "the customer's words")
    await first.desk.operate(chat, "SendMessage", text="One moment please")
    await first.ear.next("their own words", log(chat_id, lambda m: m.get("text") == "One moment please"), since)
    await customer.refresh()
    said = [(m["text"], m["from"]["type"]) for m in customer.messages if m["type"] == "Message"]
    same(said[-1], ("One moment please", "Agent"), "the customer reads a Message")

    step("the agent transfers to the second one, who accepts")
    release = await take_turn(flags.url)
    leaving.callback(release)
    await second.become("Ready")
    since = first.ear.here
    transfer = await first.desk.operate(chat, "Transfer", targetUri=second.user["uri"])
    offered = check_event(await second.ear.next("first event of the transferred chat", about(chat_id)))
    same([offered["data"]["notificationType"], offered["data"]["chat"]["state"]], ["StatusChange", "Invited"], "the offer")
    messages = await second.accept(chat_id, "Ana")
    expect(any(m.get("text") == "One moment please" for m in messages), "the second agent gets the history", messages)
    gone = check_event(await first.ear.next("Completed after Transfer", note(chat_id, "StatusChange", "Completed"), since))
    references(transfer, gone, "Transfer")

    step("the second agent sets a disposition and completes")
    since = second.ear.here
    await second.desk.dispose(chat, "IssueResolved", dispositionKey="DispositionCode")
    disposed = check_event(await second.ear.next("PropertiesUpdated", note(chat_id, "PropertiesUpdated"), since))
    expect(is_int(disposed["data"].get("referenceId")), "the notification has a referenceId", disposed)
    same(disposed["data"]["chat"]["userData"].get("DispositionCode"), "IssueResolved", "the disposition in the user data")
    complete = await second.desk.operate(chat, "Complete")
    completed = check_event(await second.ear.next("Completed", note(chat_id, "StatusChange", "Completed"), since))
    references(complete, completed, "Complete")

    step("a late disposition is accepted in silence")
    await second.desk.dispose(chat, "Referred")
    await second.become("NotReady")
    await asyncio.sleep(0.3)
    later = [event for event in second.ear.events[completed["position"] + 1:] if about(chat_id)(event)]
    same(later, [], "no notification after Completed")
    release()

    step("the feed has both dispositions and the customer sees the end")

    async def both():
        found = await dispositions_of(flags.url, chat_id)
        return len(found) >= 2 and found
    live, released = await eventually(both, "two disposition events in the feed")
    check_disposition(live, agent=names[1], phase="live", value="IssueResolved", previous=None)
    check_disposition(released, agent=names[1], phase="released", value="Referred", previous="IssueResolved")
    over = await customer.refresh()
    same([over["statusCode"], over["chatEnded"]], [0, True], "refresh after the end")
    for ear in (first.ear, second.ear):
        for event in ear.events:
            if event["channel"] == "/v2/me/chats":
                check_event(event)
    return {"client": "aiocometd", "transport": flags.transport, "ack": flags.ack == "on", "chat": chat_id,
            "events": first.ear.here + second.ear.here}


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", default="aiocometd", choices=["aiocometd"])
    parser.add_argument("--transport", default="long-polling", choices=["long-polling", "websocket"])
    parser.add_argument("--ack", default="off", choices=["on", "off"])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--agents", default="agent1@demo,agent2@demo")
    parser.add_argument("--by-address", action="store_true",
                        help="listen on the address as given: aiohttp then keeps no cookies at all")
    flags = parser.parse_args()
    flags.url = flags.url.rstrip("/")
    oldloop.install()
    asyncio.get_running_loop().set_exception_handler(oldloop.without_cancellations)
    started, steps = time.monotonic(), []
    try:
        async with contextlib.AsyncExitStack() as leaving:
            summary = await asyncio.wait_for(walk(flags, steps.append, leaving), 60)
    except (Broken, asyncio.TimeoutError, oldloop.AiocometdException) as error:
        words = str(error) if isinstance(error, Broken) else repr(error) if str(error) else "no end after 60 s"
        print(f'walk.py failed at "{steps[-1]}": {words}', file=sys.stderr)
        return 1
    print(json.dumps({"ok": True, "script": "walk.py", **summary, "steps": len(steps), "ms": round((time.monotonic() - started) * 1000)}))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
