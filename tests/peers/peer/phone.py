"""A person with a softphone: dials, lifts, hangs up, presses keys, speaks one tone, listens."""
import asyncio

from .baresip import Baresip
from .expect import Broken
from .hearing import Hearing
from .sound import Recording, Waves

HOST = "127.0.0.1"


class Phone(Hearing):
    """A phone of baresip. ``server`` is the ``host:port`` where it registers; without one it stands alone, as a caller
    from outside does. With ``answers_when_asked`` it lifts by itself when a call asks for that in its headers: newer
    releases of baresip do so, for older ones this does it for them. With ``answers_always`` it lifts at once. ``host`` is
    its own address."""

    def __init__(self, name, tone, user=None, server=None, password="demo", transport="udp", expires=300,
                 answers_when_asked=False, answers_always=False, host=HOST):
        self.name, self.tone, self.host = name, tone, host
        self.user, self.server, self.transport = user or name, server, transport
        self.answers_when_asked = answers_when_asked
        mode = "auto" if answers_always else "manual"
        account = f"<sip:{self.user}@{server or host};transport={transport}>;answermode={mode};audio_codecs=PCMU,PCMA"
        if server:
            account += f";auth_user={self.user};auth_pass={password};regint={expires}"
        else:
            account += ";regint=0"
        self.program = Baresip(name, tone, account, host)
        self.ear = Recording(name, Waves(self.program.recordings))
        self._asked = 0

    @property
    def address(self):
        """Its ``host:port``."""
        return f"{self.host}:{self.program.port}"

    @property
    def uri(self):
        """Where it can be called past any server."""
        return f"sip:{self.user}@{self.address};transport={self.transport}"

    async def open(self, leaving):
        await self.program.open(leaving)
        if self.answers_when_asked:
            lifting = asyncio.ensure_future(self._lift_when_asked())
            leaving.callback(lifting.cancel)
        if self.server:
            await self.registered()
        return self

    async def registered(self, since=0):
        """Waits for a registration to be taken, as seen on the wire: its event may come before anybody listens."""
        await self.saw("registration", lambda m: m.code == 200 and (m.get("CSeq") or "").endswith("REGISTER"), since)

    async def _lift_when_asked(self):
        while True:
            self._asked = await self.program.until("call", self._call_that_asks, seconds=10 ** 6)
            await self.rings(since=0)
            try:
                await self.lift()
            except Broken:
                continue

    def _call_that_asks(self):
        """The place of the next INVITE that wants to be answered, as a number from 1."""
        fresh = enumerate(self.program.messages[self._asked:], self._asked + 1)
        return next((place for place, message in fresh if message.method == "INVITE" and message.asks_to_answer), None)

    # What the user does.

    async def dial(self, number):
        """Dials a number at the phone's server, or a whole address."""
        address = number if number.startswith("sip:") else f"sip:{number}@{self.server};transport={self.transport}"
        await self.program.tell("dial", address)

    async def lift(self):
        await self.program.tell("accept")

    async def hang_up(self):
        """Ends the call, whether it rings or is answered."""
        await self.program.tell("hangup")

    async def press_hold(self):
        await self.program.tell("hold")

    async def press_resume(self):
        await self.program.tell("resume")

    async def press(self, digits):
        """Presses keys one after the other."""
        for digit in digits:
            await self.program.tell("sndcode", digit)
            await asyncio.sleep(0.25)

    async def unplug(self):
        await self.program.kill()

    # What the phone sees. ``since`` counts events or messages, as :attr:`now` and :attr:`sip_now` do.

    @property
    def now(self):
        return len(self.program.events)

    @property
    def sip_now(self):
        return len(self.program.messages)

    def told(self, kind, since=0):
        """The first event of a kind, if there is one."""
        return next((event for event in self.program.events[since:] if event["type"] == kind), None)

    async def rings(self, since=0, seconds=15.0):
        return await self.program.until("ringing", lambda: self.told("CALL_INCOMING", since), seconds)

    async def hears_ringing(self, since=0, seconds=15.0):
        """It rings at the other end."""
        return await self.program.until("ringing at the other end", lambda: self.told("CALL_RINGING", since), seconds)

    async def talks(self, since=0, seconds=15.0):
        return await self.program.until("established call", lambda: self.told("CALL_ESTABLISHED", since), seconds)

    async def is_over(self, since=0, seconds=15.0):
        """The call is closed; answers why, as the phone says it."""
        closed = await self.program.until("closed call", lambda: self.told("CALL_CLOSED", since), seconds)
        return closed.get("param", "")

    async def saw(self, words, wanted, since=0, seconds=10.0):
        """The first SIP message from ``since`` on that ``wanted`` accepts."""
        return await self.program.until(
            words, lambda: next((m for m in self.program.messages[since:] if wanted(m)), None), seconds)

    def digits(self, since=0):
        """The keys that were pressed at the other end."""
        return "".join(e.get("param", "") for e in self.program.events[since:] if e["type"] == "CALL_DTMF_START")
