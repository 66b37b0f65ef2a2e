"""Lines to customers: for each platform an account of ours, its webhooks, and a fake of its interface."""
import asyncio

from .house import CENTRE
from .provider import Provider
from .seat import SMS
from .signed import CUT, Account, client

CENTRE_SETTINGS = """
[centre]
id = "{centre}"
name = "Acme"
capacity = {{ {channel} = 100 }}

[[queues]]
name = "Support"
offer_seconds = 120

[[dispositions]]
name = "DispositionCode"
codes = ["IssueResolved"]
"""
USER = """
[[users]]
user_name = "{name}"
password = "acme"
queues = ["Support"]
"""


def centre(channel, agents):
    return CENTRE_SETTINGS.format(centre=CENTRE, channel=channel) + "".join(USER.format(name=name) for name in agents)


class Line:
    """What all lines have in common. ``cut`` counts the webhooks that got no answer."""

    def __init__(self):
        self.cut = 0

    async def insist(self, deliver):
        """Delivers a webhook as platforms do: again until it is taken."""
        while True:
            try:
                return await deliver()
            except CUT:
                self.cut += 1
                await asyncio.sleep(0.1)


class SmsLine(Line):
    """A number at an SMS provider."""

    medium = SMS
    account_sid, token, ours = "AC0123456789abcdef0123456789abcdef", "s3cret of acme", "+15557772222"
    secrets = {"ACME_SMS_TOKEN": token}
    known_as = "http://contact.acme.example"

    async def open(self, leaving):
        self.http = await leaving.enter_async_context(client())
        self.fake = await Provider({self.account_sid: self.token}).open(leaving)
        return self

    def settings(self, agents):
        return f"""
http.public_url = "{self.known_as}"
{centre(self.medium.channel, agents)}
[[services]]
name = "acme-sms"
medium = "smsession"
queue = "Support"

[[sms]]
service = "acme-sms"
account_sid = "{self.account_sid}"
from = ["{self.ours}"]
auth_token_env = "ACME_SMS_TOKEN"
base_url = "{self.fake.url}"
per_second = 50
burst = 10
"""

    async def connect(self, house):
        """Webhooks come as through a proxy: signed for the public URL, delivered where the server listens."""
        self.account = Account(self.http, house.url, "/channels/sms/acme-sms", account_sid=self.account_sid,
                               token=self.token, ours=self.ours, known_as=self.known_as)

    def customers(self, count):
        return [f"+1555000{number:04}" for number in range(count)]

    def address(self, to):
        """The customer whom a message to this address reaches."""
        return to

    async def until_taken(self, webhook):
        """Delivers a customer's message, with the same ids each time."""
        theirs, text, ident = webhook
        form = self.account.message(theirs, text, f"SM{ident}")
        await self.insist(lambda: self.account.taken(form, token=f"token-{ident}"))

    async def until_told(self, sent):
        """Tells that a message was delivered."""
        await self.insist(lambda: self.account.reports(sent, "delivered"))


LINES = {"sms": SmsLine}
