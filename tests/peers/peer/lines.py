"""Lines to customers: for each platform an account of ours, its webhooks, and a fake of its interface."""
import asyncio
import time

from .provider import Graph, Provider
from .seat import MESSENGER, SMS, WHATSAPP
from .signed import CUT, Account, Page, Signer, client

PUBLIC = "https://contact.acme.example"
CENTRE = """
[http]
public_url = "{public}"

[outbound]
own_network = true
roots = ["{root}"]

[centre]
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
password = "on the dotted line"
roles = ["{role}"]
queues = ["Support"]
"""
PASSWORD = "on the dotted line"


def centre(channel, root, agents):
    """A centre with these agents, one medium, and one root of trust."""
    users = [USER.format(name=name, role="agent") for name in agents] + [USER.format(name="reporting@acme", role="apiuser")]
    return CENTRE.format(public=PUBLIC, channel=channel, root=root) + "".join(users)


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
    """A number at an SMS provider. ``after_tidings`` is how far a message has come of which the platform told."""

    medium = SMS
    after_tidings = "delivered"
    account_sid, token, ours = "AC0123456789abcdef0123456789abcdef", "s3cret of acme", "+15557772222"
    service, prefix, more = "acme-sms", "", ""

    async def open(self, leaving):
        self.http = await leaving.enter_async_context(client())
        self.fake = await Provider(self.account_sid, self.token, self.prefix).open(leaving)
        return self

    def furnish(self, house, agents):
        """Sets a house up. Webhooks come as through a proxy: signed for the public URL, delivered where it listens."""
        house.furnish(centre(self.medium.channel, self.fake.root, agents) + f"""{self.more}
[[services]]
name = "{self.service}"
medium = "{self.medium.channel}"
queue = "Support"

[[sms]]
service = "{self.service}"
account_sid = "{self.account_sid}"
from = ["{self.ours}"]
auth_token_env = "ACME_SMS_TOKEN"
base_url = "{self.fake.url}"
address_prefix = "{self.prefix}"
per_second = 50
burst = 10
""", {"ACME_SMS_TOKEN": self.token})
        self.account = Account(self.http, house.url, f"/channels/sms/{self.service}", account_sid=self.account_sid,
                               token=self.token, ours=self.ours, known_as=PUBLIC, prefix=self.prefix)

    def customers(self, count):
        return [f"+1555000{number:04}" for number in range(count)]

    async def until_taken(self, webhook):
        """Delivers a customer's message, with the same ids each time."""
        theirs, text, ident = webhook
        form = self.account.message(theirs, text, f"SM{ident}")
        await self.insist(lambda: self.account.taken(form, token=f"token-{ident}"))

    async def until_told(self, sent):
        """Tells that a message was delivered."""
        await self.insist(lambda: self.account.reports(sent, "delivered"))


class WhatsappLine(SmsLine):
    """The same with a prefix to addresses, and a row in the table of media: WhatsApp."""

    medium = WHATSAPP
    service, prefix = "acme-whatsapp", "whatsapp:"
    more = """
[[media]]
name = "whatsapp"
connector = "sms"
"""


class MessengerLine(Line):
    """A page on Messenger."""

    medium = MESSENGER
    after_tidings = "sent"
    page, app, secret, token, verify = "1001", "3003", "app s3cret of acme", "page-token-of-acme", "verify of acme"

    async def open(self, leaving):
        self.http = await leaving.enter_async_context(client())
        self.signer = await Signer().open()
        leaving.push_async_callback(self.signer.close)
        self.fake = await Graph(self.signer, self.page, self.token, self.secret).open(leaving)
        return self

    def furnish(self, house, agents):
        """Sets a house up: of the secrets two are in the environment, one in a file."""
        house.furnish(centre(self.medium.channel, self.fake.root, agents) + f"""
[[services]]
name = "acme-page"
medium = "facebooksession"
queue = "Support"

[[messenger]]
service = "acme-page"
page_id = "{self.page}"
app_id = "{self.app}"
app_secret_env = "ACME_APP_SECRET"
page_token_file = "{house.write("page-token", self.token)}"
verify_token_env = "ACME_VERIFY"
base_url = "{self.fake.url}"
""", {"ACME_APP_SECRET": self.secret, "ACME_VERIFY": self.verify})
        self.account = Page(self.http, self.signer, house.url, "/channels/messenger/acme-page", page=self.page, secret=self.secret)

    def customers(self, count):
        return [f"70000{number:04}" for number in range(count)]

    async def until_taken(self, webhook):
        theirs, text, ident = webhook
        event = self.account.event(theirs, now(), message={"mid": f"m_{ident}", "text": text})
        await self.insist(lambda: self.account.taken(event))

    async def until_told(self, sent):
        """The copy of a message, which tells that the platform has it."""
        message = {"mid": sent["id"], "text": sent["text"], "is_echo": True, "app_id": int(self.app), "metadata": sent["fields"]["metadata"]}
        event = self.account.event(sent["to"], now(), message=message)
        await self.insist(lambda: self.account.taken(event))


def now():
    return int(time.time() * 1000)


LINES = {"sms": SmsLine, "whatsapp": WhatsappLine, "messenger": MessengerLine}
