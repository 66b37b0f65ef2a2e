"""The demo centre as an exchange: phones register with it and call through it."""
import aiohttp

from .expect import same
from .house import House
from .phone import Phone
from .ports import HOST, free_port
from .sipp import Sipp, register

QUEUE = "9000"


class Exchange(House):
    """``serve --demo`` with a port for SIP, on a directory of its own: nobody calls and nobody works unasked."""

    def __init__(self, binary):
        super().__init__(binary)
        self.sip = f"{HOST}:{free_port()}"
        self.furnish("", {})

    def words(self):
        return ["serve", "--demo", "--config", self.path("centre.toml"), "--data", self.path("data"),
                "--http", f"{HOST}:{self.port}", "--sip", self.sip]

    def phone(self, name, tone, number, **how):
        """The phone of an agent; it lifts when the server asks it to."""
        return Phone(name, tone, user=number, **{"server": self.sip, "answers_when_asked": True, **how})

    async def dials(self, caller, number=QUEUE):
        """A phone that is registered nowhere calls in."""
        await caller.dial(f"sip:{number}@{self.sip}")

    async def scripted_phone(self, leaving, number, scenario, headers=(), **fields):
        """A phone of an agent that does what a scenario says: registered, and then there for one call."""
        port = free_port()
        await register(leaving, self.sip, number, port, headers=headers)
        return await Sipp(scenario, port, headers=headers, **fields).open(leaving)

    async def scripted_caller(self, leaving, sound, number=QUEUE, name="Carl", user="+15550142", talk=60000, headers=()):
        """A caller from outside by sipp."""
        return await Sipp("caller", target=self.sip, number=number, user=user, name=name, password="", media=sound.port,
                          talk=talk, headers=headers).open(leaving)

    async def feed(self, kind, call=None):
        """The events of one kind about a call, or about all, as ``data``, in order."""
        found, after = [], 0
        async with aiohttp.ClientSession(auth=aiohttp.BasicAuth("reporting@demo", "demo")) as http:
            while True:
                query = {"after": str(after), "limit": "500"}
                async with http.get(f"{self.url}/api/v2/reporting/events", params=query) as answer:
                    same(answer.status, 200, "the feed answers")
                    page = await answer.json()
                if not page:
                    return found
                found += [e["data"] for e in page if e["type"] == f"jackfield.{kind}" and call in (None, e["data"].get("interactionId"))]
                after = page[-1]["sequence"]
