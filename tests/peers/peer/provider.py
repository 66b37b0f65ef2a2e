"""Platforms' interfaces for senders, ours to make slow: they write down what they were asked before they answer."""
import asyncio
import base64
import re
import ssl
import tempfile

import trustme
from aiohttp import web

from .expect import Broken, expect, same
from .signed import sid


class Fake:
    """What every fake does. ``sent`` is what arrived, in order: ``to``, ``text``, ``id`` (the platform's word for it),
    ``held`` (whether it had to wait for its answer), and the ``fields`` it came with. They are reached at ``url`` over
    https; ``root`` is the file with the certificate to trust."""

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
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._certify(leaving)).start()
        self.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        return self

    def _certify(self, leaving):
        authority = trustme.CA()
        root = leaving.enter_context(tempfile.NamedTemporaryFile(suffix=".pem"))
        root.write(authority.cert_pem.bytes())
        root.flush()
        self.root = root.name
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        return context

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
    """``Messages.json`` of an account at the SMS provider. Addresses have a prefix there, and not in ``to``."""

    def __init__(self, account, token, prefix):
        super().__init__()
        self.account, self.token, self.prefix = account, token, prefix

    async def answer(self, request):
        same([request.method, request.path], ["POST", f"/2010-04-01/Accounts/{self.account}/Messages.json"], "what is asked for")
        credentials = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        same(request.headers.get("Authorization"), f"Basic {credentials}", "the account's own credentials")
        same(request.content_type, "application/x-www-form-urlencoded", "a form")
        form = dict(await request.post())
        same(sorted(form), ["Body", "From", "StatusCallback", "To"], "the fields of a plain message")
        expect(form["To"].startswith(self.prefix) and form["From"].startswith(self.prefix), "addresses with their prefix", form)
        sent = await self.arrived(form["To"].removeprefix(self.prefix), form["Body"], "SM", form)
        return web.json_response({
            "sid": sent["id"], "account_sid": self.account, "to": form["To"], "from": form["From"], "body": form["Body"],
            "status": "queued", "num_segments": "1", "direction": "outbound-api", "error_code": None, "error_message": None,
        }, status=201)


class Graph(Fake):
    """The Graph API, as far as one page needs it."""

    def __init__(self, signer, page, token, secret):
        super().__init__()
        self.signer, self.page, self.token, self.secret = signer, page, token, secret
        self.signs = []  # sender actions, as (person, action)
        self.subscribed = None

    async def answer(self, request):
        version, what, *edge = request.path.strip("/").split("/")
        expect(re.fullmatch(r"v\d+\.\d+", version), "a version in the path")
        same(request.headers.get("Authorization"), f"Bearer {self.token}", "the page's token")
        expect(self.token not in request.path_qs, "no token in the address")
        fields = await request.json() if request.method == "POST" else request.query
        proof = await self.signer.sign("sha256", self.secret, self.token.encode())
        same("sha256=" + fields.get("appsecret_proof", ""), proof, "the proof of the app secret")
        if request.method == "GET":
            return web.json_response({"id": what, "first_name": "Zoë", "last_name": what})
        same(what, self.page, "the page")
        if edge == ["subscribed_apps"]:
            self.subscribed = fields["subscribed_fields"]
            return web.json_response({"success": True})
        same(edge, ["messages"], "an edge of the page")
        person = fields["recipient"]["id"]
        if "sender_action" in fields:
            expect("message" not in fields, "a sign is a request of its own", fields)
            self.signs.append((person, fields["sender_action"]))
            return web.json_response({"recipient_id": person})
        same([fields["messaging_type"], "tag" in fields], ["RESPONSE", False], "an answer within a day")
        same(sorted(fields["message"]), ["metadata", "text"], "a message of text")
        sent = await self.arrived(person, fields["message"]["text"], "m_", fields["message"])
        return web.json_response({"recipient_id": person, "message_id": sent["id"]})
