"""Webhooks as the platforms send them, signed by packages that are not ours (README, Signatures)."""
import asyncio
import base64
import json
import os
import urllib.parse
import uuid

import aiohttp
from twilio.request_validator import RequestValidator
from yarl import URL

from .expect import expect, same

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
CUT = (aiohttp.ClientError, ConnectionError, asyncio.TimeoutError)  # nobody answered
HERE = os.path.dirname(os.path.abspath(__file__))


def sid(kind):
    return kind + uuid.uuid4().hex


class Account:
    """An account at the SMS provider, as its webhooks look from outside. ``known_as`` is the server's public URL, over
    which signatures are made; ``url`` is where it listens."""

    def __init__(self, http, url, path, *, account_sid, token, ours, known_as=None, prefix=""):
        self.http, self.url, self.path = http, url, path
        self.account_sid, self.ours, self.prefix = account_sid, ours, prefix
        self.known_as = known_as or url
        self.validator = RequestValidator(token)

    def message(self, theirs, text, message_sid=None, **more):
        """The fields of a customer's message."""
        message_sid = message_sid or sid("SM")
        fields = {
            "ToCountry": "US", "ToState": "", "SmsMessageSid": message_sid, "NumMedia": "0", "ToCity": "", "FromZip": "",
            "SmsSid": message_sid, "FromState": "BE", "SmsStatus": "received", "FromCity": "Zürich & Umgebung", "Body": text,
            "FromCountry": "CH", "To": self.prefix + self.ours, "ToZip": "", "NumSegments": "1", "MessageSid": message_sid,
            "AccountSid": self.account_sid, "From": self.prefix + theirs, "ApiVersion": "2010-04-01",
        }
        return {**fields, **more}

    def status(self, sent, status, **more):
        """The fields of a report on a message that was sent."""
        form = sent["fields"]
        fields = {
            "ApiVersion": "2010-04-01", "AccountSid": self.account_sid, "MessageSid": sent["id"], "SmsSid": sent["id"],
            "MessageStatus": status, "SmsStatus": status, "To": form["To"], "From": form["From"],
        }
        return {**fields, **more}

    async def post(self, fields, *, path=None, signature=None, token=None, body=None):
        """Posts a webhook and answers status and text. ``signature`` takes the place of the right one; ``body`` is sent
        instead of what was signed."""
        path = path or self.path
        if signature is None:
            signature = self.validator.compute_signature(self.known_as + path, fields)
        headers = {"Content-Type": FORM, "User-Agent": "TwilioProxy/1.1", "X-Twilio-Signature": signature}
        headers["I-Twilio-Idempotency-Token"] = token or str(uuid.uuid4())
        if not signature:
            del headers["X-Twilio-Signature"]
        body = urllib.parse.urlencode(fields) if body is None else body
        async with self.http.post(URL(self.url + path, encoded=True), data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async def taken(self, fields, **how):
        """Posts a webhook that must be taken."""
        status, text = await self.post(fields, **how)
        same([status, text], [200, "<Response/>"], f"the webhook is taken: 200 with TwiML that asks for nothing ({fields})")

    async def reports(self, sent, status, **more):
        """Reports on a message where its sender asked for it."""
        callback = sent["fields"]["StatusCallback"]
        expect(callback.startswith(self.known_as + "/"), "StatusCallback is below the public URL", sent)
        await self.taken(self.status(sent, status, **more), path=callback.removeprefix(self.known_as))


class Signer:
    """The package ``x-hub-signature``, in a Node process of its own."""

    async def open(self):
        self.node = await asyncio.create_subprocess_exec(
            "node", os.path.join(HERE, "..", "lib", "sign.mjs"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        self.turn = asyncio.Lock()
        return self

    async def sign(self, algorithm, secret, body):
        """The signature over bytes, as its header wants it: the algorithm, ``=``, hex digits."""
        words = [algorithm, secret, base64.b64encode(body).decode()]
        async with self.turn:
            self.node.stdin.write((json.dumps(words) + "\n").encode())
            line = await self.node.stdout.readline()
        expect(line, "the signing package answers")
        return line.decode().strip()

    async def close(self):
        self.node.stdin.close()
        await self.node.wait()


class Page:
    """A page on the Messenger platform, as its webhooks look from outside."""

    def __init__(self, http, signer, url, path, *, page, secret):
        self.http, self.signer, self.url, self.path = http, signer, url, path
        self.page, self.secret = page, secret

    def event(self, person, at, **payload):
        """An event of a thread; an echo goes from the page to the person."""
        ends = [{"id": person}, {"id": self.page}]
        if (payload.get("message") or {}).get("is_echo"):
            ends.reverse()
        return {"sender": ends[0], "recipient": ends[1], "timestamp": at, **payload}

    def envelope(self, *events, entries=None):
        return {"object": "page", "entry": entries or [{"id": self.page, "time": events[-1]["timestamp"], "messaging": list(events)}]}

    @staticmethod
    def written(envelope):
        """As the platform writes it: what is not ASCII escaped, slashes too, no spaces."""
        return json.dumps(envelope, separators=(",", ":")).replace("/", "\\/").encode("ascii")

    async def post(self, body, *, signature=None):
        """Posts a webhook, signed over the very bytes, and answers the status. ``signature`` takes the place of the
        right one."""
        if signature is None:
            signature = await self.signer.sign("sha256", self.secret, body)
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", "X-Hub-Signature-256": signature}
        # The older signature comes along, and does not count.
        headers["X-Hub-Signature"] = await self.signer.sign("sha1", self.secret, body)
        if not signature:
            del headers["X-Hub-Signature-256"]
        async with self.http.post(self.url + self.path, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    async def taken(self, *events, entries=None):
        body = self.written(self.envelope(*events, entries=entries))
        same(await self.post(body), 200, f"the webhook is taken ({body.decode()})")

    async def verify(self, **query):
        """``GET`` of the webhook, by which the platform makes sure whose it is."""
        query = {f"hub.{name}": value for name, value in query.items()}
        async with self.http.get(self.url + self.path, params=query) as answer:
            return answer.status, await answer.text()


def client():
    """A client for webhooks: a connection each, like a platform with many machines, and no long patience."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=20), connector=aiohttp.TCPConnector(force_close=True, limit=0))
