#!/usr/bin/env python3
"""A conversation with several agents and a supervisor, on each medium: who is told what, what reaches the customer, and what
reporting gets. Nothing that is said to agents may reach the customer or their platform."""
import asyncio
import sys

from peer.circle import Circle
from peer.customers import CUSTOMERS
from peer.desk import feed_of
from peer.expect import eventually, expect, same
from peer.script import main
from peer.seat import PATIENCE, Seat
from peer.signed import client

NAMES = ("Tom", "Mei", "Ana", "Sasha")
SECRETS = ("It is tariff B", "Offer them a year of B", "Not before May")


async def walk(flags, step, leaving):
    """One conversation."""
    expect(flags.medium in CUSTOMERS, f"--medium is one of {', '.join(CUSTOMERS)}", flags.medium)
    http = await leaving.enter_async_context(client())
    customer = CUSTOMERS[flags.medium](http, flags.url)
    medium = customer.medium
    circle = Circle(medium)

    step("three agents and a supervisor log in and listen")
    for nickname, name in zip(NAMES, flags.agents.split(","), strict=True):
        circle.add(nickname, await Seat(medium, flags.url, name).sit(leaving, flags.transport))
    tom, mei, ana, sasha = (circle.seats[nickname] for nickname in NAMES)
    uris = {seat: (await seat.desk.me())["uri"] for seat in (tom, mei)}

    step("a customer comes, and the first agent takes them")
    await tom.become("Ready")
    await customer.comes(leaving, "Which tariff is mine?")

    async def offered():
        return next((s["id"] for s in await tom.sessions() if s["state"] == "Invited"), None)
    session = circle.session = await eventually(offered, "the conversation is offered", PATIENCE)
    await circle.accepts("Tom")
    who = next(p["nickname"] for p in (await tom.session(session))["participants"] if p["type"] == "Customer")

    async def heard():
        return any(m.get("text") == "Which tariff is mine?" for m in await tom.messages(session))
    await eventually(heard, "the agent has the customer's words", PATIENCE)
    await tom.become("NotReady")
    await asyncio.sleep(0.3)
    circle.begin()
    shown = await customer.read()

    async def reads(words, *happens):
        """What has reached the customer so far is this, and what they see of what happens now."""
        shown.extend(customer.sees(*happens))

        async def came():
            return len(await customer.read()) >= len(shown)
        await eventually(came, f"{words} reaches the customer", PATIENCE)
        await asyncio.sleep(0.3)
        same(await customer.read(), shown, f"{words}: what reaches the customer")

    async def everybody(words, *lines, to=NAMES):
        await circle.told(words, **{nickname: list(lines) for nickname in to})

    step("the second is asked, and the customer sees nothing of it")
    await mei.become("Ready")
    await tom.operate(session, "Consult", targetUri=uris[mei])
    await circle.accepts("Mei")
    joined = f"ParticipantsUpdated Chatting [{who} Tom Mei*]", "Mei ParticipantJoined for Agents"
    await circle.told("a colleague is asked", Tom=joined, Mei=entry(f"[{who} Tom Mei*]", await circle.history("Mei")))
    await mei.operate(session, "SendStartTypingToAgentsNotification")
    await mei.operate(session, "SendToAgents", text="It is tariff B")
    await everybody("advice", "Mei TypingStarted for Agents", "Mei Text It is tariff B for Agents", to=("Tom", "Mei"))
    for operation in ("SendMessage", "Complete"):
        await refused(mei, medium, session, operation)
    await mei.become("NotReady")
    await reads("advice")

    step("the third is invited through the queue and talks with the customer")
    await ana.become("Ready")
    await tom.operate(session, "Invite", queueName="Support")
    await circle.accepts("Ana")
    joined = f"ParticipantsUpdated Chatting [{who} Tom Mei* Ana]", "Ana ParticipantJoined for All"
    await circle.told("a colleague comes by the queue", Tom=joined, Mei=joined,
                      Ana=entry(f"[{who} Tom Mei* Ana]", await circle.history("Ana")))
    await ana.operate(session, "SendMessage", text="Good day, I join you")
    await everybody("who was invited speaks", "Ana Text Good day, I join you for All", to=("Tom", "Mei", "Ana"))
    await reads("who was invited speaks", "Ana ParticipantJoined", customer.seen, "Good day, I join you")
    await ana.become("NotReady")

    step("a supervisor monitors, and nobody is told")
    user = uris[tom].split("/")[-1]
    await sasha.desk.operate(f"/users/{user}/{medium.collection}/{session}", "Intrude", supervisorVisibilityMode="Monitor")
    await circle.accepts("Sasha")
    await circle.told("a supervisor monitors", Sasha=entry(f"[{who} Tom Mei* Ana Sasha**]", await circle.history("Sasha")))
    same([line for line in await circle.history("Tom") if "Sasha" in line], [], "a supervisor who monitors in the agent's transcript")

    step("they coach: agents hear it, the customer does not")
    await sasha.operate(session, "SwitchToCoach")
    await sasha.operate(session, "SendMessage", text="Offer them a year of B")
    await tom.operate(session, "SendToAgents", text="Not before May")
    await everybody("a supervisor coaches", f"ParticipantsUpdated Chatting [{who} Tom Mei* Ana Sasha*]", "Sasha ParticipantRejoined for Agents",
                    "Sasha Text Offer them a year of B for Agents", "Tom Text Not before May for Agents")
    await reads("a supervisor coaches")

    step("they barge in, and the customer reads them")
    await sasha.operate(session, "SwitchToBargeIn")
    await sasha.operate(session, "SendMessage", text="A year of B is yours")
    await everybody("a supervisor barges in", f"ParticipantsUpdated Chatting [{who} Tom Mei* Ana Sasha]", "Sasha ParticipantRejoined for All",
                    "Sasha Text A year of B is yours for All")
    await reads("a supervisor barges in", "Sasha ParticipantJoined", "A year of B is yours")

    step("they step back, and are gone for everybody but themselves")
    await sasha.operate(session, "SwitchToMonitor")
    gone = "Sasha ParticipantLeft for All", f"ParticipantsUpdated Chatting [{who} Tom Mei* Ana]"
    await circle.told("a supervisor steps back", Tom=gone, Mei=gone, Ana=gone,
                      Sasha=[gone[0], f"ParticipantsUpdated Chatting [{who} Tom Mei* Ana Sasha**]", "Sasha ParticipantRejoined for Supervisors"])
    await reads("a supervisor steps back", "Sasha ParticipantLeft")

    step("the first agent leaves; the third answers for it")
    await tom.operate(session, "Leave")
    left = told_of_leaving("Tom", f"[{who} Mei* Ana]")
    await circle.told("the first leaves", Tom=["Tom ParticipantLeft for All", "StatusChange Completed []"], Mei=left, Ana=left, Sasha=told_of_leaving("Tom", f"[{who} Mei* Ana Sasha**]"))
    await customer.says("Thank you")
    await everybody("the customer speaks", f"{who} Text Thank you for All", to=("Mei", "Ana", "Sasha"))
    await reads("the first leaves", "Tom ParticipantLeft")

    step("the third sets a disposition and completes")
    since = {seat: seat.ear.here for seat in (mei, ana, sasha)}
    await ana.desk.dispose(ana.path(session), "IssueResolved")
    for seat, place in since.items():
        heard = await seat.hears("the disposition", seat.change(session, "PropertiesUpdated"), place)
        same(["referenceId" in heard["data"], heard["data"][medium.key]["userData"].get("DispositionCode")],
             [seat is ana, "IssueResolved"], f"the disposition as {seat.desk.name} hears it")
    await ana.operate(session, "Complete")
    ends = [f"{nickname} ParticipantLeft for {seen}" for nickname, seen in (("Ana", "All"), ("Mei", "Agents"), ("Sasha", "Supervisors"))]
    await circle.told("it is over", Ana=[ends[0], "StatusChange Completed []"], Mei=[*ends[:2], "StatusChange Completed []"],
                      Sasha=[*ends, "StatusChange Revoked []"])

    step("the first sets a disposition of their own, late")
    await tom.desk.dispose(tom.path(session), "Referred")
    await circle.told("a late disposition")

    step("the feed has the way of everybody, and the platform nothing that was said to agents")

    async def both():
        found = await feed_of(flags.url, session)
        return found if sum("disposition" in e["data"] for e in found) == 2 else None
    same(way(await eventually(both, "both dispositions are in the feed", PATIENCE)), WAY, "the feed")
    reached = await customer.read()
    same([text for text in SECRETS if text in reached], [], "what was said to agents and reached the customer")
    return {"medium": flags.medium, "transport": flags.transport, "reached": len(reached)}


def entry(present, history):
    """What somebody is told who is invited and accepts."""
    return ["StatusChange Invited []", f"StatusChange Chatting {present}", f"ParticipantsUpdated Chatting {present}", *history]


def told_of_leaving(nickname, present):
    """What those are told who stay, when somebody else answers for the conversation from then on."""
    return [f"ParticipantsUpdated Chatting {present}", f"{nickname} ParticipantLeft for All", f"ParticipantsUpdated Chatting {present}"]


async def refused(seat, medium, session, operation):
    status, answer = await seat.desk.ask("POST", f"/me/{medium.collection}/{session}", {"operationName": operation, "text": "Good day"})
    same([status, answer["statusCode"]], [400, 2], f"{operation} by {seat.desk.name} is refused")


def way(rows):
    """Of the feed's rows what tells the way of each agent."""
    lines = []
    for row in rows:
        kind, data = row["type"].removeprefix("jackfield.").removeprefix("session."), row["data"]
        if kind == "disposition":
            lines.append(f"disposition {data['agent']} {data['disposition']['value']} {data['phase']}")
        elif kind in TOLD:
            lines.append(" ".join(str(data[name]) for name in ("agent", *TOLD[kind]) if data.get(name)))
            lines[-1] = f"{kind} {lines[-1]}".strip()
    return lines


TOLD = {"offered": ("invitation", "from", "monitoring"), "accepted": (), "requested": ("help", "asks"), "visibility": ("visibility", "monitoring"),
        "took-over": ("from",), "party-closed": ("state",), "ended": ()}
WAY = """offered agent1@demo queue
accepted agent1@demo
offered agent2@demo consult agent1@demo
accepted agent2@demo
requested agent1@demo invite Support
offered agent3@demo invite agent1@demo
accepted agent3@demo
offered supervisor@demo watch listen-in
accepted supervisor@demo
visibility supervisor@demo agents coach
visibility supervisor@demo all barge-in
visibility supervisor@demo supervisors listen-in
took-over agent3@demo agent1@demo
party-closed agent1@demo Completed
disposition agent3@demo IssueResolved live
party-closed agent3@demo Completed
party-closed agent2@demo Completed
party-closed supervisor@demo Revoked
ended
disposition agent1@demo Referred released""".splitlines()


if __name__ == "__main__":
    sys.exit(main("colleagues.py", walk, 150, {
        "url": "http://127.0.0.1:8080", "medium": "chat", "transport": "long-polling",
        "agents": ",".join(f"{name}@demo" for name in ("agent1", "agent2", "agent3", "supervisor"))}))
