"""SIP messages as a phone saw them pass."""
from dataclasses import dataclass, field


@dataclass
class Message:
    """One message. ``headers`` keeps names in small letters, in order, as ``[(name, value)]``."""

    start: str
    headers: list = field(default_factory=list)
    body: str = ""

    @property
    def method(self):
        """Of a request its method; of a response nothing."""
        return None if self.start.startswith("SIP/2.0 ") else self.start.split(" ", 1)[0]

    @property
    def code(self):
        """Of a response its code; of a request nothing."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0 ") else None

    def all(self, name):
        return [value for each, value in self.headers if each == name.lower()]

    def get(self, name):
        return next(iter(self.all(name)), None)

    @property
    def asks_to_answer(self):
        """Whether the phone is to answer by itself: RFC 5373, and the two older ways."""
        call_info = "answer-after=0" in (self.get("Call-Info") or "")
        alert = "auto" in (self.get("Alert-Info") or "").lower()
        return call_info or alert or (self.get("Answer-Mode") or "").lower().startswith("auto")

    @property
    def direction(self):
        """Of a description of media its direction, which is ``sendrecv`` when it does not say."""
        found = [line[2:] for line in self.body.splitlines() if line in ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")]
        return found[-1] if found else "sendrecv"


def parse(lines):
    """Reads a message from its lines."""
    message = Message(lines[0])
    for number, line in enumerate(lines[1:], 1):
        if not line:
            message.body = "\n".join(lines[number + 1:])
            break
        name, _, value = line.partition(":")
        message.headers.append((name.strip().lower(), value.strip()))
    return message
