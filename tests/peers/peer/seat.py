"""An agent at work on conversations that a connector carries, whatever the medium: only names differ."""
from dataclasses import dataclass

from .desk import Desk, dispositions_of
from .ear import Ear
from .expect import eventually, expect, is_int, same
from .shapes import check_disposition

PATIENCE = 30.0  # seconds, for a machine that is slow


@dataclass(frozen=True)
class Medium:
    """The names of a medium on the wire."""

    channel: str
    collection: str
    key: str
    message_type: str

    @property
    def topic(self):
        return f"/v2/me/{self.collection}"


SMS = Medium("smsession", "smsessions", "smsession", "SMSsessionStateChangeMessage")
MESSENGER = Medium("facebooksession", "facebooksessions", "facebooksession", "FacebooksessionStateChangeMessage")
WHATSAPP = Medium("whatsappsession", "whatsappsessions", "whatsappsession", "WhatsappsessionStateChangeMessage")


class Seat:
    """An agent with a session on one medium, who may listen too."""

    def __init__(self, medium, url, name, password="demo"):
        self.medium, self.url = medium, url
        self.desk = Desk(url, name, password, patience=PATIENCE)
        self.ear = None

    async def sit(self, leaving, transport=None):
        """Starts the contact-centre session, not ready; listens when a transport is named."""
        leaving.push_async_callback(self.desk.http.close)
        if transport:
            host = self.url.replace("//127.0.0.1", "//localhost")
            self.ear = Ear(f"{host}/api/v2/notifications", self.desk, transport, True, [self.medium.topic])
            leaving.push_async_callback(self.ear.close)
            await self.ear.open()
        await self.desk.operate("/me", "StartContactCenterSession", channels=[self.medium.channel])
        await self.become("NotReady")
        return self

    async def become(self, state):
        await self.desk.operate(f"/me/channels/{self.medium.channel}", state)

        async def agreed():
            return await self.state() == state
        await eventually(agreed, f"{self.desk.name} is {state}", PATIENCE)

    async def state(self):
        channels = (await self.desk.get("/me/channels?fields=*"))["channels"]
        return next((c["userState"]["state"] for c in channels if c["channel"] == self.medium.channel), None)

    def path(self, session):
        return f"/me/{self.medium.collection}/{session}"

    async def sessions(self):
        return (await self.desk.get(f"/me/{self.medium.collection}?fields=*"))[self.medium.collection]

    async def session(self, session):
        return (await self.desk.get(self.path(session)))[self.medium.key]

    async def messages(self, session):
        return (await self.desk.get(f"{self.path(session)}/messages"))["messages"]

    async def texts(self, session):
        """What was written, in order: by whom, what, and how far it has come."""
        return [(m["from"]["type"], m.get("text", m.get("url")), m.get("delivery"))
                for m in await self.messages(session) if m["type"] in ("Text", "PushUrl")]

    async def operate(self, session, operation, **parameters):
        return await self.desk.operate(self.path(session), operation, **parameters)

    async def invitation(self, theirs):
        """Waits for a conversation with this customer to be offered, and answers its id."""
        async def offered():
            return next((s["id"] for s in await self.sessions() if s["state"] == "Invited" and s.get("address") == theirs), None)
        return await eventually(offered, f"a conversation with {theirs} is offered to {self.desk.name}", PATIENCE)

    async def accept(self, session, nickname="Tom"):
        return await self.operate(session, "Accept", nickname=nickname)

    async def hears(self, words, wanted, since=0):
        """The next event of this medium that ``wanted`` accepts, checked for what every event has."""
        event = await self.ear.next(words, lambda e: e["channel"] == self.medium.topic and wanted(e["data"]), since, PATIENCE)
        data = event["data"]
        if "referenceId" in data:
            expect(is_int(data["referenceId"]), "referenceId is an integer", data)
        if data["messageType"] == "MessageLogUpdated":
            path = f"/{self.medium.collection}/{data[f'{self.medium.key}Uri'].split('/')[-1]}"
            same(data[f"{self.medium.key}Path"], path, "a message log names its conversation")
        else:
            same(data["messageType"], self.medium.message_type, "the type of a change")
        return event

    def change(self, session, kind, state=None):
        """A predicate: a change of this conversation."""
        def fits(data):
            resource = data.get(self.medium.key) or {}
            return data["notificationType"] == kind and resource.get("id") == session and state in (None, resource.get("state"))
        return fits

    def said(self, session, wanted):
        """A predicate: a message log of this conversation with a message that ``wanted`` accepts."""
        def fits(data):
            ours = data.get(f"{self.medium.key}Path", "").endswith(f"/{session}")
            return data["messageType"] == "MessageLogUpdated" and ours and any(wanted(m) for m in data["messages"])
        return fits

    async def takes(self, theirs, nickname="Tom"):
        """Waits for the customer's conversation, accepts it, checks what is heard of that, and answers its id."""
        session = await self.invitation(theirs)
        await self.hears("Invited", self.change(session, "StatusChange", "Invited"))
        answer = await self.accept(session, nickname)
        chatting = await self.hears("Chatting", self.change(session, "StatusChange", "Chatting"))
        same(chatting["data"].get("referenceId"), answer["referenceId"], "the referenceId of Accept")
        await self.hears("ParticipantsUpdated", self.change(session, "ParticipantsUpdated"))
        await self.hears("the transcript", self.said(session, lambda m: m["type"] == "ParticipantJoined"))
        return session

    async def writes(self, session, text):
        """Sends a message and hears it in the log; answers the number of the command."""
        since = self.ear.here
        answer = await self.operate(session, "SendMessage", text=text)
        await self.hears("their own words", self.said(session, lambda m: m.get("text") == text), since)
        return answer["referenceId"]

    async def finishes(self, session, reader):
        """Sets a disposition, completes, and finds the disposition in the feed."""
        since = self.ear.here
        await self.desk.dispose(self.path(session), "IssueResolved")
        await self.hears("the disposition", lambda d: self.change(session, "PropertiesUpdated")(d)
                         and d[self.medium.key]["userData"].get("DispositionCode") == "IssueResolved", since)
        await self.operate(session, "Complete")
        await self.hears("Completed", self.change(session, "StatusChange", "Completed"), since)

        async def fed():
            return await dispositions_of(self.url, session, reader)
        events = await eventually(fed, "the disposition is in the feed", PATIENCE)
        same(len(events), 1, "dispositions in the feed")
        check_disposition(events[0], agent=self.desk.name, phase="live", value="IssueResolved", previous=None, media=self.medium.channel)

    async def deliveries(self, session):
        """Of everything written to the customer: text to state."""
        return {text: state for who, text, state in await self.texts(session) if who == "Agent"}

    async def delivered(self, session, text, *states):
        """Waits until a message has come as far as one of these states."""
        async def far_enough():
            state = (await self.deliveries(session)).get(text)
            return state if state in states else None
        return await eventually(far_enough, f"'{text}' is {' or '.join(states)}", PATIENCE)
