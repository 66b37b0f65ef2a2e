#!/usr/bin/env python3
"""Conversations over a connector, in rounds that a SIGKILL cuts off: nothing acknowledged is lost, nothing is sent twice."""
import asyncio
import contextlib
import random
import sys

from peer.expect import eventually, expect, same
from peer.house import House
from peer.ledger import Ledger
from peer.lines import LINES, PASSWORD
from peer.script import main
from peer.seat import PATIENCE, Seat
from peer.signed import CUT

AGENTS = ["agent1@acme", "agent2@acme"]
CUSTOMERS = 10
HELD = 4  # customers of a round whose platform does not answer


class Work:
    """What is done at a server from its start to its kill."""

    def __init__(self, house, line, ledger, rng):
        self.house, self.line, self.ledger, self.rng = house, line, ledger, rng

    @contextlib.asynccontextmanager
    async def open(self, is_first=False):
        """Starts the server, and has the agents take whatever is offered until it is left; it is killed by then."""
        await self.house.start()
        async with contextlib.AsyncExitStack() as leaving:
            self.seats = [Seat(self.line.medium, self.house.url, name, PASSWORD) for name in AGENTS]
            for seat in self.seats:
                leaving.push_async_callback(seat.desk.http.close)
                if is_first:
                    await seat.sit(leaving)
                    await seat.become("Ready")
                same(await seat.state(), "Ready", f"{seat.desk.name} is as before")
            phones = [asyncio.ensure_future(until_cut(self._take_what_is_offered(seat))) for seat in self.seats]
            try:
                yield
                if self.house.lives:
                    await self.house.kill()
            finally:
                for phone in phones:
                    phone.cancel()
            for ended in await asyncio.gather(*phones, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended

    async def _take_what_is_offered(self, seat):
        while True:
            for session in await seat.sessions():
                if session["state"] == "Invited":
                    await seat.accept(session["id"])
            await asyncio.sleep(0.05)

    async def everybody_talks(self):
        """Waits until every customer is in one conversation, and answers it: ``{customer: (seat, session)}``."""
        async def all_there():
            found = {}
            for seat in self.seats:
                for session in await seat.sessions():
                    expect(session["address"] not in found, f"one conversation with {session['address']}", found)
                    found[session["address"]] = (seat, session["id"], session["state"])
            is_complete = set(found) == set(self.ledger.customers) and all(state == "Chatting" for _, _, state in found.values())
            return {customer: place[:2] for customer, place in found.items()} if is_complete else None
        return await eventually(all_there, "every customer talks to an agent", PATIENCE)

    # What goes on when the server is killed.

    def customers_write(self):
        """Each message until it is taken, some twice at once, and some that were taken long ago once more."""
        async def one(webhook, copies, pause):
            await asyncio.sleep(pause)
            await asyncio.gather(*(self.line.until_taken(webhook) for _ in range(copies)))
            self.ledger.taken(webhook)
        again = [self.line.until_taken(webhook) for webhook in self.ledger.webhooks if self.rng.random() < 0.2]
        fresh = [one(self.ledger.written(customer), 2 if self.rng.random() < 0.2 else 1, self.rng.random())
                 for customer in self.ledger.customers for _ in range(self.rng.randint(1, 3))]
        return asyncio.gather(*again, *fresh)

    async def agents_write(self, conversations, held):
        """Three messages to each customer who is held, so that two wait behind the first, and some to the others."""
        async def one(customer, seat, session, pauses):
            for pause in pauses:
                await asyncio.sleep(pause)
                text = self.ledger.begun(customer)
                await seat.operate(session, "SendMessage", text=text)
                self.ledger.acknowledged(text)

        def pauses(customer):
            return [0] * 3 if customer in held else [self.rng.random() / 3 for _ in range(self.rng.randint(1, 4))]
        await asyncio.gather(*(until_cut(one(customer, *place, pauses(customer))) for customer, place in conversations.items()))

    async def platform_tells(self, before, ended):
        """Reports of half of what arrives, each until it is taken."""
        told, reports = before, []
        while not ended.is_set():
            await asyncio.sleep(0.02)
            for sent in self.line.fake.sent[told:]:
                told += 1
                if not sent["held"] and self.rng.random() < 0.5:
                    reports.append(asyncio.ensure_future(self._tell(sent)))
        return reports

    async def _tell(self, sent):
        await self.line.until_told(sent)
        self.ledger.told.add(sent["text"])

    async def until_killed(self):
        """Works until some messages are stuck at the platform and others wait behind them, and a moment longer; then the
        server is killed. Answers what is stuck, and what the platform and the customers still do, with the next one."""
        conversations = await self.everybody_talks()
        held = set(self.rng.sample(sorted(conversations), HELD))
        fake, before, ended = self.line.fake, len(self.line.fake.sent), asyncio.Event()
        fake.hold(lambda to: to in held)
        customers = self.customers_write()
        agents = asyncio.ensure_future(self.agents_write(conversations, held))
        platform = asyncio.ensure_future(self.platform_tells(before, ended))

        async def is_stuck():
            stuck = [sent for sent in fake.sent[before:] if sent["held"]]
            waiting = self.ledger.unsent(held, {sent["text"] for sent in fake.sent})
            return len(stuck) == HELD and len(waiting) == 2 * HELD
        await eventually(is_stuck, "the platform holds some messages, and others wait behind them", PATIENCE)
        await asyncio.sleep(self.rng.random() / 3)

        stuck = [sent["text"] for sent in fake.sent[before:] if sent["held"]]
        await self.house.kill()
        await agents
        fake.let_go()
        ended.set()
        return stuck, [customers, *(await platform)]

    # What is there afterwards.

    async def find(self, stuck):
        """Everything is there once, and only what was under way is in doubt. Answers how much that is."""
        conversations = await self.everybody_talks()
        for customer, (seat, session) in conversations.items():
            texts = [text for who, text, _ in await seat.texts(session) if who == "Customer"]
            same(sorted(texts), sorted(self.ledger.heard_of(customer)), f"what {customer} wrote")
        states = await self._settled(conversations)
        missing = [text for text in self.ledger.said if text not in states]
        same(missing, [], "whatever an agent's command was answered for is in the conversation")
        for text, state in states.items():
            arrived = len(self.line.fake.of(text))
            if state == "unknown":
                expect(arrived <= 1, f"'{text}', which is in doubt, was not sent again by itself", arrived)
            else:
                expect(state in ("sent", "delivered"), f"'{text}' was sent", state)
                same(arrived, 1, f"'{text}' ({state}) reached the platform once")
            if text in self.ledger.told:
                same(state, self.line.after_tidings, f"'{text}', of which the platform told")
        for text in stuck:
            same([states[text], len(self.line.fake.of(text))], ["unknown", 1], f"'{text}', which was under way")
        for customer in self.ledger.customers:
            arrived = [sent["text"] for sent in self.line.fake.sent if sent["to"] == customer]
            fresh = [text for text in arrived if text in states]
            same(fresh, [text for text in self.ledger.in_order(customer) if text in fresh], f"{customer} reads in order")
        doubtful = [text for text, state in states.items() if state == "unknown"]
        for text in doubtful:
            await self._clear(text, *conversations[self.ledger.customer_of(text)])
        for seat, session in conversations.values():
            expect("ResendMessage" not in (await seat.session(session))["capabilities"], "nothing is in doubt any more")
        self.ledger.settled(states)
        return len(doubtful)

    async def _settled(self, conversations):
        """Waits until no message is on its way, and answers the state of each that is not old."""
        async def settled():
            states = {}
            for seat, session in conversations.values():
                states.update(await seat.deliveries(session))
            fresh = {text: state for text, state in states.items() if text not in self.ledger.old}
            return fresh if fresh and "queued" not in fresh.values() else None
        return await eventually(settled, "no message waits any more", PATIENCE)

    async def _clear(self, text, seat, session):
        """The agent sees that a message is in doubt, and has it sent again; unless the platform tells of it after all."""
        arrived = self.line.fake.of(text)
        index = next(m["index"] for m in await seat.messages(session) if m.get("text") == text)
        resource = await seat.session(session)
        expect("ResendMessage" in resource["capabilities"], f"ResendMessage is open while '{text}' is in doubt", resource)
        expect({"index": index, "state": "unknown"} in resource["deliveries"], f"'{text}' is seen to be in doubt", resource)
        is_told = arrived and self.rng.random() < 0.5
        if is_told:
            await self.line.until_told(arrived[0])
        else:
            await seat.operate(session, "ResendMessage", index=index)
        await seat.delivered(session, text, "sent", "delivered")
        same(len(self.line.fake.of(text)), len(arrived) + (0 if is_told else 1), f"how often '{text}' was sent")
        status, _ = await seat.desk.ask("POST", seat.path(session), {"operationName": "ResendMessage", "index": index})
        same(status, 400, f"'{text}', which was sent, is not sent again")


async def until_cut(work):
    """Work at a server that is killed meanwhile."""
    with contextlib.suppress(*CUT):
        await work


async def walk(flags, step, leaving):
    """Works in rounds, each cut off by a SIGKILL."""
    rng = random.Random(flags.seed)
    step("a centre is made from a file")
    line = await LINES[flags.medium]().open(leaving)
    house = await leaving.enter_async_context(House(flags.binary))
    line.furnish(house, AGENTS)
    ledger = Ledger(line.customers(CUSTOMERS))
    work = Work(house, line, ledger, rng)
    async with work.open(is_first=True):
        await work.customers_write()
        await work.everybody_talks()

    in_doubt = 0
    for number in range(1, flags.rounds + 1):
        step(f"round {number}: work, until the kill")
        async with work.open():
            stuck, going_on = await work.until_killed()
        step(f"round {number}: what is there after it")
        async with work.open():
            await asyncio.wait_for(asyncio.gather(*going_on), PATIENCE)
            in_doubt += await work.find(stuck)

    step("the conversations are finished")
    async with work.open():
        for seat, session in (await work.everybody_talks()).values():
            await seat.desk.dispose(seat.path(session), "IssueResolved")
            await seat.operate(session, "Complete")
    line.fake.check()
    return {"medium": flags.medium, "rounds": flags.rounds, "seed": flags.seed, "heard": len(ledger.webhooks),
            "sent": len(line.fake.sent), "in_doubt": in_doubt, "told": len(ledger.told), "cut": line.cut}


if __name__ == "__main__":
    sys.exit(main("kill.py", walk, 280, {"binary": "", "medium": "sms", "rounds": 3, "seed": 1}))
