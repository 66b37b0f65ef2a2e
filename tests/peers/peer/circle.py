"""Everybody in one conversation, and what each was told, compared whole: nothing may be missing, and nothing may come that is
not for them."""
import asyncio

from .expect import Broken, eventually, same
from .seat import PATIENCE

QUIET = 0.2  # seconds in which nobody may be told any more
MARKS = {"All": "", "Agents": "*", "Supervisors": "**"}  # whom a participant is shown to, behind their name


class Circle:
    def __init__(self, medium):
        self.medium, self.seats, self.heard, self.session = medium, {}, {}, None

    def add(self, nickname, seat):
        self.seats[nickname], self.heard[nickname] = seat, seat.ear.here

    def begin(self):
        """What was told up to now is not looked at."""
        for nickname, seat in self.seats.items():
            self.heard[nickname] = seat.ear.here

    async def history(self, nickname):
        """The transcript as this agent reads it, in the words of ``told``."""
        return said(self.medium, [{"messages": await self.seats[nickname].messages(self.session)}])

    def news(self, nickname):
        """The events of the conversation that came since the last time; how far a message came is left out."""
        def concerns(data):
            ours = data.get(f"{self.medium.key}Path", "").endswith(f"/{self.session}")
            changed = (data.get(self.medium.key) or {}).get("id") == self.session
            return ours or changed and data["notificationType"] != "PropertiesUpdated"
        events = self.seats[nickname].ear.events[self.heard[nickname]:]
        return [e["data"] for e in events if e["channel"] == self.medium.topic and concerns(e["data"])]

    async def told(self, words, **wanted):
        """Fails unless each was told exactly this since the last time; who is not named was told nothing."""
        async def enough():
            return all(len(said(self.medium, self.news(who))) >= len(wanted.get(who, [])) for who in self.seats)
        try:
            await eventually(enough, words, PATIENCE)
        except Broken:
            pass  # The comparison says who lacks what.
        await asyncio.sleep(QUIET)
        for nickname, seat in self.seats.items():
            same(said(self.medium, self.news(nickname)), list(wanted.get(nickname, [])), f"{words}: what {nickname} is told")
        self.begin()

    async def accepts(self, nickname):
        """Waits for the conversation to be offered, and takes it."""
        seat = self.seats[nickname]
        await seat.hears("an offer", seat.change(self.session, "StatusChange", "Invited"), self.heard[nickname])
        await seat.accept(self.session, nickname)


def said(medium, events):
    """A change as ``KIND STATE [who is there]``; of a log each entry as ``WHO TYPE TEXT for VISIBILITY``."""
    words = []
    for data in events:
        for m in data.get("messages", []):
            text = [m["text"]] if m.get("text") else []
            words.append(" ".join([m["from"]["nickname"], m["type"], *text, "for", m["visibility"]]))
        if medium.key in data:
            resource = data[medium.key]
            who = " ".join(p["nickname"] + MARKS[p["visibility"]] for p in resource["participants"])
            words.append(f"{data['notificationType']} {resource['state']} [{who}]")
    return words
