"""What every chat notification, customer message and feed event must look like."""
import re

from .expect import expect, is_int, is_text

KINDS = ("StatusChange", "ParticipantsUpdated", "PropertiesUpdated", "Error")
STATES = ("Invited", "Chatting", "LeftChat", "JoinFailed", "Completed", "Revoked")
CLOCK = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$")
VISIBLE = ("All", "Agents", "Supervisors")


def about(chat_id):
    """A predicate: the event concerns this chat."""
    def concerns(event):
        data = event.get("data") or {}
        named = (data.get("chat") or {}).get("id") == chat_id or data.get("chatPath") == f"/chats/{chat_id}"
        return event["channel"] == "/v2/me/chats" and named
    return concerns


def note(chat_id, notification_type, state=None):
    """A predicate: a state change of this chat."""
    def fits(event):
        data = event.get("data") or {}
        return (about(chat_id)(event) and data.get("messageType") == "ChatStateChangeMessage"
                and data.get("notificationType") == notification_type
                and (state is None or data["chat"].get("state") == state))
    return fits


def log(chat_id, wanted):
    """A predicate: a message log of this chat with a message that ``wanted`` accepts."""
    def fits(event):
        data = event.get("data") or {}
        return (about(chat_id)(event) and data.get("messageType") == "MessageLogUpdated"
                and any(wanted(message) for message in data.get("messages", [])))
    return fits


def check_event(event):
    """Checks any event on /v2/me/chats and answers it."""
    data = event.get("data")
    expect(isinstance(data, dict), "an event has data", event)
    expect("clientId" not in event, "an event carries no clientId", event)
    expect(is_text(data.get("messageType")) and is_text(data.get("notificationType")), "messageType and notificationType", data)
    if "referenceId" in data:
        expect(is_int(data["referenceId"]), "referenceId is an integer", data["referenceId"])
    if data["messageType"] == "MessageLogUpdated":
        check_log(data)
    else:
        expect(data["messageType"] == "ChatStateChangeMessage", "messageType of a state change", data["messageType"])
        expect(data["notificationType"] in KINDS, "notificationType", data["notificationType"])
        check_chat(data.get("chat"))
    return event


def check_chat(chat):
    expect(isinstance(chat, dict) and is_text(chat.get("id")), "a chat is an object with an id", chat)
    expect(chat.get("state") in STATES, "state", chat)
    expect(isinstance(chat.get("capabilities"), list), "capabilities is an array", chat)
    expect(isinstance(chat.get("participants"), list), "participants is an array", chat)
    for party in chat["participants"]:
        check_party(party)
    expect(isinstance(chat.get("userData"), dict), "userData is an object", chat)
    expect(re.match(r"https?://", chat.get("uri", "")) and chat["uri"].endswith(f"/api/v2/chats/{chat['id']}"), "uri", chat)
    expect(chat.get("path") == f"/chats/{chat['id']}", "path", chat)
    expect(CLOCK.match(chat.get("receivedDate", "")), "receivedDate", chat)


def check_party(party):
    expect(is_text(party.get("nickname")) and is_text(party.get("type")), "a participant has nickname and type", party)
    expect(is_text(party.get("participantId")), "a participant has a participantId", party)
    expect(party.get("visibility") in VISIBLE, "a participant has a visibility", party)
    if party["type"] == "Agent":
        expect(re.search(r"/api/v2/users/[^/]+$", party.get("uri", "")), "an agent's uri ends in /users/<id>", party)


def check_log(data):
    expect(data["notificationType"] == "NewMessages", "a message log is NewMessages", data)
    expect("id" not in data and "chat" not in data, "a message log has neither id nor chat", data)
    expect(data.get("chatPath") == f"/chats/{data.get('chatUri', '').split('/')[-1]}", "chatPath and chatUri name one chat", data)
    messages = data.get("messages")
    expect(isinstance(messages, list) and messages, "messages is an array with messages in it", data)
    for message in messages:
        expect(is_int(message.get("index")) and message["index"] >= 1, "index is an integer from 1", message)
        expect(is_text(message.get("type")), "a message has a type", message)
        check_party(message.get("from") or {})
        expect(message.get("visibility") in VISIBLE, "a message has a visibility", message)
        expect(CLOCK.match(message.get("timestamp", "")), "timestamp", message)
        expect(is_int(message.get("timestampSeconds")) and message["timestampSeconds"] > 10 ** 12, "timestampSeconds", message)
    places = [message["index"] for message in messages]
    expect(places == sorted(set(places)), "indexes ascend", places)


def check_disposition(event, *, agent, phase, value, previous, media="chat"):
    """One CloudEvent of the feed against what was set."""
    expect(event.get("specversion") == "1.0" and is_text(event.get("id")), "a CloudEvent", event)
    expect(event.get("type", "").startswith("jackfield."), "type begins with jackfield.", event)
    data = event["data"]
    seen = [data.get("media"), data.get("agent"), data.get("phase"), data.get("via")]
    expect(seen == [media, agent, phase, "SetDisposition"], f"{media}, {agent}, {phase}, SetDisposition", data)
    pair = data["disposition"]
    expect(pair.get("key") == "DispositionCode" and pair.get("value") == value, f"the disposition is {value}", data)
    expect(pair.get("previous") == previous, f"the previous value is {previous}", data)
    if phase == "released":
        expect(data.get("event") == "EventUserEvent", "after release the event is EventUserEvent", data)
        expect(data.get("userData") == {"DispositionCode": value}, "userData is exactly the pair sent", data)
