"""A person with a softphone of PJSIP, the stack inside many desk phones, softphones and exchanges."""
import asyncio
import json
import os
import sys
import tempfile

from .expect import Broken, expect, show
from .hearing import Hearing
from .ports import HOST, free_port
from .sound import Recording, Waves
from .wire import parse

PRINTS = asyncio.subprocess.PIPE


class PjPhone(Hearing):
    """A phone of PJSIP (2.15, PyPI ``pjsua2-python``), in a process of its own (:mod:`peer.pjphone`). ``prack`` is what it
    does about reliable provisional answers: ``never``, ``optional``, ``mandatory``; ``timer`` the same of session timers:
    ``never``, ``optional``, ``always``. Like any softphone that knows the headers, it lifts when a call asks for that."""

    def __init__(self, name, tone, user=None, server=None, password="demo", transport="udp", expires=300, prack="optional",
                 timer="optional", codecs=("PCMU", "PCMA"), answers_when_asked=True):
        self.name, self.tone, self.user, self.server, self.transport = name, tone, user or name, server, transport
        self.answers_when_asked = answers_when_asked
        self.dir = tempfile.TemporaryDirectory(prefix="jackfield-phone-")
        self.port = free_port()
        self.settings = {
            "port": self.port, "rtp": free_port(), "tone": tone, "dir": self.dir.name, "user": self.user, "server": server,
            "password": password, "transport": transport, "expires": expires, "prack": prack, "timer": timer,
            "codecs": list(codecs)}
        self.events, self.said = [], []
        self.ear = Recording(name, Waves(lambda: [os.path.join(self.dir.name, "heard.wav")]))
        self.changed = asyncio.Condition()
        self.process, self._tasks, self._tokens = None, [], 0

    async def open(self, leaving):
        leaving.push_async_callback(self.close)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "peer.pjphone", json.dumps(self.settings), stdin=PRINTS, stdout=PRINTS,
            stderr=asyncio.subprocess.STDOUT, limit=2 ** 20)
        self._tasks.append(asyncio.ensure_future(self._read()))
        await self.told("READY", 0, 30)
        if self.server:
            await self.registered()
        return self

    async def _read(self):
        async for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                self.said.append(line.decode(errors="replace").rstrip())
                continue
            async with self.changed:
                if event["type"] == "SIP":
                    self._consider(parse(event["text"].replace("\r\n", "\n").split("\n")))
                else:
                    self.events.append(event)
                self.changed.notify_all()

    def _consider(self, message):
        if self.answers_when_asked and message.method == "INVITE" and message.asks_to_answer:
            self._tasks.append(asyncio.ensure_future(self.lift()))

    async def until(self, words, look, seconds=15.0):
        async with self.changed:
            try:
                return await asyncio.wait_for(self.changed.wait_for(look), seconds)
            except asyncio.TimeoutError:
                raise Broken(f"{self.name}: no {words} within {seconds} s; told {show(self.events)}; printed {show(self.said[-8:])}") \
                    from None

    async def told(self, kind, since=0, seconds=15.0, also=lambda event: True):
        """The first event of a kind from ``since`` on that ``also`` accepts."""
        def look():
            return next((event for event in self.events[since:] if event["type"] == kind and also(event)), None)
        return await self.until(kind, look, seconds)

    async def tell(self, command, argument=None):
        """Has something done, and fails when the library says that it cannot be."""
        self._tokens += 1
        token = self._tokens
        self.process.stdin.write((json.dumps({"command": command, "argument": argument, "token": token}) + "\n").encode())
        await self.process.stdin.drain()
        done = await self.told("DONE", also=lambda event: event["token"] == token)
        expect(done["error"] is None, f"{self.name} does {command} {argument or ''}", done["error"])

    # What they do.

    async def dial(self, number):
        """Dials a number at the server, or a whole address."""
        await self.tell("dial", number if number.startswith("sip:") else f"sip:{number}@{self.server};transport={self.transport}")

    async def lift(self):
        await self.tell("lift")

    async def gives_early_media(self):
        """Answers 183 with a description, before lifting."""
        await self.tell("early")

    async def hang_up(self, code=0):
        """Ends the call; with a code it is refused with that."""
        await self.tell("hang_up", code)

    async def press_hold(self):
        await self.tell("hold")

    async def press_resume(self):
        await self.tell("resume")

    async def transfer(self, number):
        """Presses the transfer key and dials."""
        await self.tell("transfer", f"sip:{number}@{self.server}")

    async def dial_beside(self, number):
        """Dials on a second line, while the call on the first is on hold."""
        await self.tell("dial_beside", f"sip:{number}@{self.server};transport={self.transport}")

    async def bring_together(self):
        """Presses the transfer key again: the first line is handed to whom the second one talks with."""
        await self.tell("bring_together")

    async def press(self, digits, info=False):
        """Presses keys, sent by RFC 4733, or all at once with INFO."""
        await self.tell("press", {"digits": digits, "info": info})

    async def unplug(self):
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    # What they see. ``since`` counts events, as :attr:`now` does.

    @property
    def now(self):
        return len(self.events)

    async def registered(self, since=0):
        await self.told("REGISTERED", since, also=lambda event: event["code"] == 200)

    async def rings(self, since=0, seconds=15.0):
        return await self.told("RINGING", since, seconds)

    async def talks(self, since=0, seconds=15.0):
        return await self.told("CONFIRMED", since, seconds)

    async def transferred(self, since=0, seconds=15.0):
        """The server has said what became of a transfer: the code."""
        return (await self.told("TRANSFER", since, seconds, lambda event: event["final"]))["code"]

    async def is_over(self, since=0, seconds=15.0):
        """The call is closed; answers the code it ended with."""
        return (await self.told("DISCONNECTED", since, seconds))["code"]

    def digits(self, since=0):
        """The keys that were pressed at the other end."""
        return "".join(event["digit"] for event in self.events[since:] if event["type"] == "DIGIT")

    async def close(self):
        for task in self._tasks:
            task.cancel()
        await self.unplug()
        self.dir.cleanup()
