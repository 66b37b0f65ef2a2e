"""REST: the agent at their desk, the customer in their browser, the reader of the feed."""
import time

import aiohttp

from .expect import expect, is_int, is_text, same


class Desk:
    """An agent who sends Basic with every request, with a cookie jar of their own."""

    def __init__(self, base, name, password="demo", patience=5):
        self.base = base.rstrip("/")
        self.name = name
        self.patience = patience
        self.auth = aiohttp.BasicAuth(name, password)
        self.http = aiohttp.ClientSession(auth=self.auth, cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def ask(self, method, path, body=None):
        started = time.monotonic()
        words = f"{method} {path} {(body or {}).get('operationName', '')} by {self.name}"
        async with self.http.request(method, f"{self.base}/api/v2{path}", json=body) as response:
            expect(response.content_type == "application/json", f"{words}: the media type", response.content_type)
            answer = await response.json()
            expect(is_int(answer.get("statusCode")), f"{words}: statusCode", answer)
            expect(time.monotonic() - started < self.patience, f"{words} answered within {self.patience} s")
            return response.status, answer

    async def get(self, path):
        status, answer = await self.ask("GET", path)
        same([status, answer["statusCode"]], [200, 0], f"GET {path} by {self.name} {answer}")
        return answer

    async def operate(self, path, operation, **parameters):
        status, answer = await self.ask("POST", path, {"operationName": operation, **parameters})
        same([status, answer["statusCode"]], [200, 0], f"{operation} on {path} by {self.name} {answer}")
        return answer

    async def dispose(self, path, disposition, **more):
        answer = await self.operate(path, "SetDisposition", disposition=disposition, **more)
        same(answer, {"statusCode": 0}, "SetDisposition answers exactly")

    async def me(self):
        user = (await self.get("/me?subresources=*"))["user"]
        same(user["userName"], self.name, "user.userName is who asked")
        expect(isinstance(user.get("settings"), dict), "user.settings is an object", user)
        return user

    async def chat_state(self):
        channels = (await self.get("/me/channels?fields=*"))["channels"]
        return next((c["userState"]["state"] for c in channels if c["channel"] == "chat"), None)

    async def leave(self):
        await self.ask("POST", "/me", {"operationName": "EndContactCenterSession"})
        await self.http.close()


class Customer:
    """A chat as the GMS widget sees it."""

    def __init__(self, base, http):
        self.url = f"{base.rstrip('/')}/genesys/2/chat/customer-support"
        self.http = http
        self.session = {}
        self.position = None
        self.messages = []

    async def command(self, command="", **fields):
        url = f"{self.url}/{self.chat_id}/{command}" if command else self.url
        async with self.http.post(url, data={**self.session, **fields}) as response:
            answer = await response.json()
        words = command or "request"
        same(answer.get("statusCode"), 0, f"{words} by the customer {answer}")
        expect(is_int(answer.get("nextPosition")) and isinstance(answer.get("chatEnded"), bool), f"{words}: the common shape", answer)
        expect(isinstance(answer.get("messages"), list), f"{words}: messages", answer)
        if not command:
            expect(all(is_text(answer.get(n)) for n in ("chatId", "userId", "secureKey", "alias")), "credentials", answer)
            self.chat_id = answer["chatId"]
            self.session = {name: answer[name] for name in ("userId", "secureKey")}
        self.session["alias"] = answer.get("alias", self.session.get("alias"))
        self.messages += [m for m in answer["messages"] if m["index"] >= (self.position or 0)]
        self.position = max(self.position or 0, answer["nextPosition"])
        return answer

    async def hang_up(self):
        async with self.http.post(f"{self.url}/{self.chat_id}/disconnect", data=self.session):
            pass

    async def refresh(self):
        return await self.command("refresh", transcriptPosition=str(self.position))


async def dispositions_of(base, conversation, reader=("reporting@demo", "demo")):
    """The disposition events of one conversation, in the order of the feed."""
    return [e for e in await feed_of(base, conversation, reader) if "disposition" in e["data"]]


async def feed_of(base, conversation, reader=("reporting@demo", "demo")):
    """Every event of one conversation, in the order of the feed."""
    found, after = [], 0
    async with aiohttp.ClientSession(auth=aiohttp.BasicAuth(*reader)) as http:
        while True:
            async with http.get(f"{base}/api/v2/reporting/events", params={"after": str(after), "limit": "500"}) as response:
                same(response.status, 200, "the feed answers")
                page = await response.json()
            if not page:
                return found
            found += [e for e in page if (e.get("data") or {}).get("interactionId") == conversation]
            after = page[-1]["sequence"]
