"""A customer on any medium: what they say, and what reaches them."""
import os
import time

from .desk import Customer
from .lines import now
from .seat import MESSENGER, SMS, Medium
from .signed import Account, Page, Signer, sid
from .simulators import Simulators

CHAT = Medium("chat", "chats", "chat", "ChatStateChangeMessage")


class Chatter:
    """At the widget. `seen` is how the platform is told that an agent has read what they wrote; a chat is not."""

    medium, nickname, seen = CHAT, "Ines", ""

    def __init__(self, http, url):
        self.customer = Customer(url, http)

    async def comes(self, leaving, text):
        await self.customer.command(nickname=self.nickname, subject="Tariffs")
        leaving.push_async_callback(self.customer.hang_up)
        await self.says(text)

    async def says(self, text):
        await self.customer.command("send", message=text)

    async def read(self):
        """Everything that reached them, in order: of others' words the text, of the rest the kind."""
        await self.customer.refresh()
        theirs = [m for m in self.customer.messages if m["from"]["nickname"] != self.nickname]
        return [m["text"] if m["type"] == "Message" else f"{m['from']['nickname']} {m['type']}" for m in theirs]

    @staticmethod
    def sees(*happens):
        """What they see of what the customer may see."""
        return [what for what in happens if what]


class Carried:
    """Behind a simulated platform, which shows the words, and nobody's coming and going."""

    def __init__(self, http, url):
        self.simulators = Simulators(http, url, self.platform)

    async def read(self):
        """Everything that the platform was asked to do for them, in order: of messages the text, of the rest the kind."""
        calls = await self.simulators.calls(self.nickname, None)
        return [call["text"] if call["kind"] == "message" else call["kind"] for call in calls]

    @staticmethod
    def sees(*happens):
        return [what for what in happens if what and " Participant" not in what]


class Texter(Carried):
    medium, platform, seen = SMS, "sms", ""

    def __init__(self, http, url):
        super().__init__(http, url)
        self.nickname = f"+1555{os.getpid() % 100:02}{time.time_ns() // 1000 % 100:02}91"
        self.account = Account(http, url, "/channels/sms/demo-sms", account_sid="ACde300000000000000000000000000001",
                               token="demo-sms-token", ours="+15550100", known_as=url.replace("//127.0.0.1", "//localhost"))

    async def comes(self, _, text):
        await self.says(text)

    async def says(self, text):
        await self.account.taken(self.account.message(self.nickname, text))


class Messaging(Carried):
    medium, platform, seen = MESSENGER, "messenger", "mark_seen"

    def __init__(self, http, url):
        super().__init__(http, url)
        self.nickname = f"9{os.getpid()}{time.time_ns() // 1000 % 1000:03}78"
        self.http, self.url = http, url

    async def comes(self, leaving, text):
        signer = await Signer().open()
        leaving.push_async_callback(signer.close)
        self.page = Page(self.http, signer, self.url, "/channels/messenger/demo-page", page="1000001", secret="demo-app-secret")
        # By this the simulated page gets to know the person, so that answers are let through.
        await self.simulators.say(**{"from": self.nickname}, text="I was never here", signature="bad", copies=1)
        await self.says(text)

    async def says(self, text):
        await self.page.taken(self.page.event(self.nickname, now(), message={"mid": sid("m_"), "text": text}))


CUSTOMERS = {customer.medium.channel: customer for customer in (Chatter, Texter, Messaging)}
