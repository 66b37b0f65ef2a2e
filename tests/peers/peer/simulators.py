"""The demo's own platforms, as far as scripts look at them."""
from .expect import eventually, same
from .seat import PATIENCE


class Simulators:
    def __init__(self, http, url, platform):
        self.http, self.url, self.platform = http, url, platform

    async def calls(self, person, kind="message"):
        """What the server asked the platform to do for this person, as far as the platform did it; with ``None`` of every kind."""
        query = {"platform": self.platform, "person": person}
        async with self.http.get(f"{self.url}/simulators/log", params=query) as answer:
            same(answer.status, 200, "the log of the simulators")
            entries = await answer.json()
        return [e for e in entries if e["way"] == "call" and kind in (None, e["kind"]) and e["status"] in (200, 201)]

    async def got(self, person, text):
        """Waits until a text has reached a person, and answers the platform's id of it."""
        async def there():
            return [call for call in await self.calls(person) if call["text"] == text]
        calls = await eventually(there, f"'{text}' reaches {person}", PATIENCE)
        same(len(calls), 1, f"how often '{text}' reaches {person}")
        return calls[0]["id"]

    async def say(self, **saying):
        async with self.http.post(f"{self.url}/simulators/say", json={"platform": self.platform, **saying}) as answer:
            same(answer.status // 100, 2, f"the simulators take {saying} {await answer.text()}")
