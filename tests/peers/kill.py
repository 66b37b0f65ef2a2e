#!/usr/bin/env python3
"""Conversations over a connector, in rounds that a SIGKILL cuts off: nothing acknowledged is lost, nothing is sent twice."""
import asyncio
import random
import sys

from peer.lines import LINES
from peer.expect import eventually, expect, same
from peer.house import House
from peer.ledger import Ledger
from peer.script import main
from peer.seat import PATIENCE, Seat

AGENTS = ["agent1@acme", "agent2@acme"]
CUSTOMERS = 10
HELD = 4  # customers of a round whose provider does not answer


class Round:
    """A server from its start to its kill."""

    def __init__(self, house, line, ledger, rng, leaving):
        self.house, self.line, self.ledger, self.rng, self.leaving = house, line, ledger, rng, leaving
        self.killed = asyncio.Event()
        self.offered = []

    async def open(self, is_first):
        await self.house.start()
        self.seats = [Seat(self.line.medium, self.house.url, name, "acme") for name in AGENTS]
        for seat in self.seats:
            self.leaving.push_async_callback(seat.desk.http.close)
            if is_first:
                await seat.sit(self.leaving)
                await seat.become("Ready")
            # Whatever an agent was before, he is: ready, in his conversations.
            same(await seat.state(), "Ready", f"the state of {seat.desk.name}")

    async def answer_the_phone(self):
        """Accepts whatever is offered, until the kill."""
        async def one(seat):
            while not self.killed.is_set():
                for session in await seat.sessions():
                    if session["state"] == "Invited":
                        await seat.desk.ask("POST", seat.path(session["id"]), {"operationName": "Accept", "nickname": "Tom"})
                await asyncio.sleep(0.05)
        await asyncio.gather(*(until_cut(one(seat)) for seat in self.seats))

    async def conversations(self):
        """Who talks to whom: ``{customer: (seat, session)}``."""
        found = {}
        for seat in self.seats:
            for session in await seat.sessions():
                if session["state"] == "Chatting":
                    same(found.get(session["address"]), None, f"one conversation with {session['address']}")
                    found[session["address"]] = (seat, session["id"])
        return found

    async def everybody_talks(self):
        async def all_there():
            found = await self.conversations()
            return found if set(found) == set(self.ledger.customers) else None
        return await eventually(all_there, "every customer talks to an agent", PATIENCE)

    # What goes on when the server is killed.

    async def customers_write(self):
        """Each message until it is taken, some twice at once, and some that were taken long ago once more."""
        async def one(customer, pause):
            await asyncio.sleep(pause)
            webhook = self.ledger.written(customer)
            copies = 2 if self.rng.random() < 0.2 else 1
            await asyncio.gather(*(self.line.until_taken(webhook) for _ in range(copies)))
            self.ledger.taken(webhook)
        customers = [customer for customer in self.ledger.customers for _ in range(self.rng.randint(1, 3))]
        self.rng.shuffle(customers)
        again = [webhook for webhook in self.ledger.webhooks if self.rng.random() < 0.2]
        await asyncio.gather(
            *(one(customer, self.rng.random()) for customer in customers),
            *(self.line.until_taken(webhook) for webhook in again))

    async def agents_write(self, conversations, held):
        """Three messages to each of those who are held, so that two wait behind the first, and some to the others."""
        async def one(customer, seat, session):
            for _ in range(3 if customer in held else self.rng.randint(1, 4)):
                if customer not in held:
                    await asyncio.sleep(self.rng.random() / 3)
                text = self.ledger.begun(customer)
                if await seat.desk.ask("POST", seat.path(session), {"operationName": "SendMessage", "text": text}) is not None:
                    self.ledger.acknowledged(text)
        await asyncio.gather(*(until_cut(one(customer, *place)) for customer, place in conversations.items()))

    async def until_the_kill(self):
        """Works, and kills the server at a moment when some messages are stuck at the provider and others wait."""
        conversations = await self.everybody_talks()
        held = set(self.rng.sample(sorted(conversations), HELD))
        self.line.fake.hold(lambda to: self.line.address(to) in held)
        before = len(self.line.fake.sent)
        self.customers_at_work = asyncio.ensure_future(self.customers_write())
        at_work = asyncio.gather(self.agents_write(conversations, held), self.answer_the_phone())

        async def stuck():
            stuck = [sent for sent in self.line.fake.sent[before:] if sent["held"]]
            waiting = self.ledger.unsent(held, self.line.fake)
            return len(stuck) == HELD and len(waiting) >= HELD
        await eventually(stuck, "some messages are stuck and others wait", PATIENCE)
        await asyncio.sleep(self.rng.random() / 4)
        await self.house.kill()
        self.killed.set()
        await at_work
        self.line.fake.let_go()
        return [sent["text"] for sent in self.line.fake.sent[before:] if sent["held"]]

    # What is there afterwards.

    async def find(self, stuck, customers_at_work):
        """After a restart: everything once, and only what was under way is in doubt."""
        phone = asyncio.ensure_future(self.answer_the_phone())
        await customers_at_work
        conversations = await self.everybody_talks()
        await self.everything_written_is_there(conversations)
        states = await self.everything_is_settled(conversations)
        sent = {text: len(self.line.fake.of(text)) for text in states}
        for text, state in states.items():
            expect(state in ("sent", "delivered", "unknown"), f"'{text}' is sent or in doubt", state)
            expect(sent[text] == 1 or sent[text] == 0 and state == "unknown", f"'{text}' was sent once ({state})", sent[text])
        for text in stuck:
            same(states[text], "unknown", f"'{text}', which was under way")
        for text in self.ledger.said:
            expect(text in states, f"'{text}', which was acknowledged, is in the conversation", sorted(states))
        for customer in self.ledger.customers:
            arrived = [sent["text"] for sent in self.line.fake.sent if self.line.address(sent["to"]) == customer]
            same(arrived, [text for text in self.ledger.in_order(customer) if text in arrived], f"what reached {customer}, in order")
        self.ledger.settled(states)
        await self.clear_doubts(conversations, [text for text, state in states.items() if state == "unknown"])
        self.killed.set()
        await phone

    async def everything_written_is_there(self, conversations):
        """Every message of a customer is in a conversation exactly once."""
        for customer, (seat, session) in conversations.items():
            wanted = self.ledger.heard_of(customer)

            async def heard():
                texts = [text for who, text, _ in await seat.texts(session) if who == "Customer"]
                return texts if len(texts) >= len(wanted) else None
            texts = await eventually(heard, f"all of {customer} is in the conversation", PATIENCE)
            same(sorted(texts), sorted(wanted), f"what {customer} wrote")

    async def everything_is_settled(self, conversations):
        async def settled():
            states = {}
            for customer, (seat, session) in conversations.items():
                for text, state in (await seat.deliveries(session)).items():
                    if text not in self.ledger.old:
                        states[text] = state
            return states if "queued" not in states.values() and states else None
        return await eventually(settled, "no message waits any more", PATIENCE)

    async def clear_doubts(self, conversations, doubtful):
        """The agents see what is in doubt, and have it sent again; of some the platform tells after all."""
        expect(doubtful, "something is in doubt")
        for text in doubtful:
            seat, session = conversations[self.ledger.customer_of(text)]
            arrived = self.line.fake.of(text)
            index = next(m["index"] for m in await seat.messages(session) if m.get("text") == text)
            resource = await seat.session(session)
            expect("ResendMessage" in resource["capabilities"], f"ResendMessage is offered while '{text}' is in doubt", resource)
            expect({"index": index, "state": "unknown"} in resource["deliveries"], f"'{text}' is seen to be in doubt", resource)
            if arrived and self.rng.random() < 0.5:
                await self.line.tells(arrived[0])
                await seat.delivered(session, text, "sent", "delivered")
                same(len(self.line.fake.of(text)), 1, f"'{text}', of which the platform told, was not sent again")
            else:
                await seat.operate(session, "ResendMessage", index=index)
                await seat.delivered(session, text, "sent", "delivered")
                same(len(self.line.fake.of(text)), len(arrived) + 1, f"'{text}' was sent once more")
            status, _ = await seat.desk.ask("POST", seat.path(session), {"operationName": "ResendMessage", "index": index})
            same(status, 400, f"'{text}', which was sent, is not sent again")
        for seat, session in conversations.values():
            expect("ResendMessage" not in (await seat.session(session))["capabilities"], "nothing is in doubt any more")


async def until_cut(work):
    """Work at a server that may be killed meanwhile."""
    import aiohttp
    try:
        await work
    except (aiohttp.ClientError, ConnectionError):
        pass


async def walk(flags, step, leaving):
    rng = random.Random(flags.seed)
    step("a centre is made from a file")
    line = await LINES[flags.medium]().open(leaving)
    house = await leaving.enter_async_context(House(flags.binary, line.settings(AGENTS), line.secrets))
    line.connect(house)
    await house.provision()
    ledger = Ledger([line.customer(number) for number in range(CUSTOMERS)])
    first = Round(house, line, ledger, rng, leaving)
    await first.open(is_first=True)
    phone = asyncio.ensure_future(first.answer_the_phone())
    await first.customers_write()
    await first.everybody_talks()
    first.killed.set()
    await phone
    await house.kill()

    in_doubt = 0
    for number in range(flags.rounds):
        step(f"round {number + 1}: work, until the kill")
        work = Round(house, line, ledger, rng, leaving)
        await work.open(is_first=False)
        stuck = await work.until_the_kill()
        in_doubt += len(stuck)
        step(f"round {number + 1}: what is there after it")
        after = Round(house, line, ledger, rng, leaving)
        await after.open(is_first=False)
        await after.find(stuck, work.customers_at_work)
        await house.kill()

    step("the conversations are finished")
    last = Round(house, line, ledger, rng, leaving)
    await last.open(is_first=False)
    for seat, session in (await last.everybody_talks()).values():
        await seat.desk.dispose(seat.path(session), "IssueResolved")
        await seat.operate(session, "Complete")
    line.fake.check()
    return {"medium": flags.medium, "rounds": flags.rounds, "seed": flags.seed, "heard": len(ledger.webhooks),
            "sent": len(line.fake.sent), "in_doubt": in_doubt}


if __name__ == "__main__":
    sys.exit(main("kill.py", walk, 280, {"binary": "", "medium": "sms", "rounds": 3, "seed": 1}))
