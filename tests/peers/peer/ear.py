"""An agent's ear: aiocometd as published, with Basic and, when asked for, acknowledgements as extensions."""
import asyncio
import base64

import aiocometd
from aiocometd.extensions import AuthExtension, Extension

from .expect import Broken, expect, show

CONNECTIONS = {
    "long-polling": aiocometd.ConnectionType.LONG_POLLING,
    "websocket": aiocometd.ConnectionType.WEBSOCKET,
}
TOPICS = ["/v2/me/devices", "/v2/me/channels", "/v2/me/calls", "/v2/me/chats", "/v2/me/emails", "/v2/me/workbins"]


class Basic(AuthExtension):
    """HTTP Basic on every request, the upgrade included."""

    def __init__(self, name, password):
        self.value = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()

    async def outgoing(self, payload, headers):
        headers["Authorization"] = self.value

    async def incoming(self, payload, headers=None):
        pass


class Acknowledge(Extension):
    """The acknowledgement extension: aiocometd offers the place for it, not the thing."""

    supported = False
    batch = 0

    async def outgoing(self, payload, headers):
        for message in payload:
            if message["channel"] == "/meta/handshake":
                self.supported, self.batch = False, 0
                message.setdefault("ext", {})["ack"] = True
            elif message["channel"] == "/meta/connect" and self.supported:
                message.setdefault("ext", {})["ack"] = self.batch

    async def incoming(self, payload, headers=None):
        for message in payload:
            ack = (message.get("ext") or {}).get("ack")
            if message["channel"] == "/meta/handshake":
                self.supported = ack is True or (isinstance(ack, dict) and ack.get("enabled") is True)
            elif message["channel"] == "/meta/connect" and message.get("successful") and isinstance(ack, int):
                self.batch = ack


class Ear:
    """Everything heard, in order, and ways to wait for more."""

    def __init__(self, endpoint, desk, transport, ack, more_topics=()):
        self.acknowledge = Acknowledge() if ack else None
        self.client = aiocometd.Client(
            endpoint, CONNECTIONS[transport], ssl=False, max_pending_count=0,
            extensions=[self.acknowledge] if ack else None, auth=Basic(desk.auth.login, desk.auth.password))
        self.topics = [*TOPICS, *more_topics]
        self.events = []
        self.task = None
        self.changed = asyncio.Condition()

    async def open(self):
        await self.client.open()
        if self.acknowledge:
            expect(self.acknowledge.supported, "the server takes the ack extension up")
        for topic in self.topics:
            await self.client.subscribe(topic)
        self.task = asyncio.ensure_future(self._hear())

    async def _hear(self):
        async for event in self.client:
            async with self.changed:
                self.events.append({**event, "position": len(self.events)})
                self.changed.notify_all()

    @property
    def here(self):
        return len(self.events)

    async def next(self, words, wanted, since=0, seconds=5.0):
        """The first event from ``since`` on that ``wanted`` accepts."""
        def find():
            return next((event for event in self.events[since:] if wanted(event)), None)
        async with self.changed:
            try:
                return await asyncio.wait_for(self.changed.wait_for(find), seconds)
            except asyncio.TimeoutError:
                heard = [[e["channel"], e["data"].get("messageType"), e["data"].get("notificationType")] for e in self.events[since:]]
                failed = self.task.done() and self.task.exception()
                raise Broken(f'no event "{words}" within {seconds} s; heard since: {show(heard)} {failed or ""}') from None

    async def close(self):
        if self.task:
            self.task.cancel()
        await self.client.close()
