"""An agent who works calls: at REST, and listening on CometD."""
from .desk import Desk
from .ear import Ear
from .expect import eventually, expect, same

PATIENCE = 20.0  # seconds
CALLS, DEVICES = "/v2/me/calls", "/v2/me/devices"
LISTED = {  # what a state must offer at least (spec: core-and-voice#5.4)
    "Dialing": {"Hangup"}, "Ringing": {"Answer"}, "Established": {"Hangup", "Hold", "SendDtmf"}, "Held": {"Retrieve", "Hangup"},
    "Released": set()}


class Clerk:
    """``number`` is that of the agent's phone; ``exchange`` where they work; ``name`` their user name, where it does not
    follow from the number."""

    def __init__(self, exchange, number, name=None):
        self.exchange, self.number = exchange, number
        self.desk = Desk(exchange.url, name or f"agent{int(number) - 5000}@demo", patience=PATIENCE)
        self.ear = None

    async def listen(self, leaving, transport="long-polling"):
        leaving.push_async_callback(self.desk.http.close)
        host = self.exchange.url.replace("//127.0.0.1", "//localhost")
        self.ear = Ear(f"{host}/api/v2/notifications", self.desk, transport, True)
        leaving.push_async_callback(self.ear.close)
        await self.ear.open()
        return self

    async def sit(self, *channels, state="Ready"):
        """Starts the agent's session, on the phone alone when nothing else is named, and gets ready."""
        await self.desk.operate("/me", "StartContactCenterSession", channels=list(channels or ["voice"]))
        for channel in channels or ["voice"]:
            await self.become(state, channel)
        return self

    async def become(self, state, channel="voice"):
        await self.desk.operate(f"/me/channels/{channel}", state)
        await self.is_now(state, channel)

    async def is_now(self, state, channel="voice", seconds=PATIENCE):
        """Waits for the agent's state on a channel, and answers the whole of it."""
        async def agreed():
            if channel == "voice":
                found = (await self.device())["userState"]
            else:
                channels = (await self.desk.get("/me/channels?fields=*"))["channels"]
                found = next(c["userState"] for c in channels if c["channel"] == channel)
            return found if found["state"] == state else None
        return await eventually(agreed, f"{self.desk.name} is {state} on {channel}", seconds)

    async def device(self):
        devices = (await self.desk.get("/me/devices?fields=*"))["devices"]
        return next(device for device in devices if device["phoneNumber"] == self.number)

    async def hears_device(self, words, wanted, since=0):
        """The next notification about the agent's phone that ``wanted`` accepts."""
        def fits(event):
            data = event["data"]
            return (event["channel"] == DEVICES and data["messageType"] == "DeviceStateChangeMessage"
                    and any(d["phoneNumber"] == self.number and wanted(d) for d in data["devices"]))
        return (await self.ear.next(words, fits, since, PATIENCE))["data"]["devices"][0]

    @property
    def now(self):
        return self.ear.here

    # Calls.

    async def calls(self):
        return (await self.desk.get("/me/calls?fields=*"))["calls"]

    async def call(self, call):
        return (await self.desk.get(f"/me/calls/{call}"))["call"]

    async def operate(self, call, operation, **parameters):
        since = self.now
        answer = await self.desk.operate(f"/me/calls/{call}", operation, **parameters)
        same(answer, {"statusCode": 0}, f"{operation} answers exactly")
        return since

    async def dials(self, number, **more):
        """Dials over REST; answers the call, as it is told of."""
        since, device = self.now, await self.device()
        answer = await self.desk.operate(f"/me/devices/{device['id']}/calls", "Dial", destination={"phoneNumber": number}, **more)
        same(answer, {"statusCode": 0}, "Dial answers exactly")
        return await self.hears("Dialing", since=since)

    async def hears(self, state, call=None, since=0, kind="StatusChange", seconds=PATIENCE, also=lambda _: True):
        """The next notification of a call in this state (of any, or of this one), checked for what each of them has."""
        def fits(event):
            data = event["data"]
            return (event["channel"] == CALLS and data["messageType"] == "CallStateChangeMessage"
                    and data["notificationType"] == kind and data["call"]["state"] == state
                    and call in (None, data["call"]["id"]) and also(data["call"]))
        data = (await self.ear.next(f"{kind} {state}", fits, since, seconds))["data"]
        return self._checked(data)

    def _checked(self, data):
        call, state = data["call"], data["call"]["state"]
        same(data["phoneNumber"], self.number, "the phone a call is told for")
        same(call["id"], call["callUuid"], "the id of a call is its UUID")
        expect(call["uri"].endswith(f"/api/v2/me/calls/{call['id']}") and call["path"] == f"/calls/{call['id']}", "uri and path", call)
        expect(len(call["connId"]) == 16 and isinstance(call["duration"], str), "connId and duration", call)
        listed = set(call["capabilities"])
        # While the agent asks somebody, the two calls are swapped, or one of them completed, instead.
        wanted = LISTED[state] - {"Retrieve", "Hold"} if listed & {"CompleteTransfer", "SwapCalls"} else LISTED[state]
        # Who follows somebody in it neither holds nor presses keys.
        wanted = wanted - {"Hold", "SendDtmf", "Answer"} if call["monitoring"] else wanted
        expect(wanted <= listed and (listed or state == "Released"), f"the capabilities of {state}", call["capabilities"])
        expect(state != "Released" or not listed, "no capabilities after release", listed)
        expect(("extensions" in data) == (data["notificationType"] != "AttachedDataChanged"), "extensions", data)
        return call

    async def hears_error(self, operation, since):
        """The next notification that an operation on a call failed afterwards (spec: core-and-voice#3.5)."""
        def fits(event):
            data = event["data"]
            return event["channel"] == CALLS and data["messageType"] == "ErrorMessage" and data["operationName"] == operation
        return (await self.ear.next(f"ErrorMessage of {operation}", fits, since, PATIENCE))["data"]

    def heard_of(self, call, since=0):
        """Everything told of a call, short."""
        return [[e["data"].get("notificationType"), e["data"]["call"]["state"]] for e in self.ear.events[since:]
                if e["channel"] == CALLS and e["data"].get("call", {}).get("id") == call]

    async def dispose(self, call, disposition, **more):
        """Sets a disposition; answers what was told until then."""
        return await self.operate(call, "SetCallDisposition", disposition=disposition, **more)
