"""Platforms' interfaces for senders, ours to make slow: they write down what they were asked before they answer."""
import asyncio
import base64

from aiohttp import web

from .expect import Broken, expect, same
from .signed import sid


class Fake:
    """What every fake does. ``sent`` is what arrived, in order: ``to``, ``text``, ``id`` (the platform's word for it),
    ``held`` (whether it had to wait for its answer), and the ``fields`` it came with."""

    path = None

    def __init__(self):
        self.sent = []
        self.wrong = []
        self.holds = lambda to: False
        self.gate = asyncio.Event()

    async def open(self, leaving):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._asked)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        leaving.push_async_callback(runner.cleanup)
        leaving.callback(self.let_go)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return self

    def hold(self, wanted):
        """From now on, messages to whom ``wanted`` accepts are taken and not answered, until ``let_go``."""
        self.gate = asyncio.Event()
        self.holds = wanted

    def let_go(self):
        self.holds = lambda to: False
        self.gate.set()

    def of(self, text):
        """Every arrival of this text."""
        return [sent for sent in self.sent if sent["text"] == text]

    async def _asked(self, request):
        try:
            return await self.answer(request)
        except Broken as error:  # told when the script looks
            self.wrong.append(f"{request.method} {request.path}: {error}")
            return web.json_response({"code": 20003, "message": str(error), "error": {"code": 100, "message": str(error)}}, status=400)

    async def arrived(self, to, text, kind, fields):
        """Writes a message down and waits while it is held."""
        gate, held = self.gate, self.holds(to)
        sent = {"to": to, "text": text, "id": sid(kind), "held": held, "fields": fields}
        self.sent.append(sent)
        if held:
            await gate.wait()
        return sent

    def check(self):
        same(self.wrong, [], "whatever was asked is what the platform takes")


class Provider(Fake):
    """``Messages.json`` of accounts at the SMS provider, ``{account sid: token}``."""

    def __init__(self, accounts):
        super().__init__()
        self.accounts = accounts

    async def answer(self, request):
        account = request.path.removeprefix("/2010-04-01/Accounts/").removesuffix("/Messages.json")
        expect(request.method == "POST" and account in self.accounts, "POST Messages.json of an account")
        credentials = base64.b64encode(f"{account}:{self.accounts[account]}".encode()).decode()
        same(request.headers.get("Authorization"), f"Basic {credentials}", "the account's own credentials")
        same(request.content_type, "application/x-www-form-urlencoded", "a form")
        form = dict(await request.post())
        same(sorted(form), ["Body", "From", "StatusCallback", "To"], "the fields of a plain message")
        sent = await self.arrived(form["To"], form["Body"], "SM", form)
        return web.json_response({
            "sid": sent["id"], "account_sid": account, "to": form["To"], "from": form["From"], "body": form["Body"],
            "status": "queued", "num_segments": "1", "direction": "outbound-api", "error_code": None, "error_message": None,
        }, status=201)
