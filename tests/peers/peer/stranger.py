"""Somebody who writes SIP by hand, and lies in it."""
import asyncio
import itertools
import re
import socket

from .expect import expect

NUMBER = itertools.count(1)


class Stranger:
    """At an address of its own; sends to ``server``."""

    def __init__(self, host, server):
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self.host, self.port = self.socket.getsockname()
        self.server = server.rsplit(":", 1)[0], int(server.rsplit(":", 1)[1])

    async def open(self, leaving):
        leaving.callback(self.socket.close)
        return self

    async def calls(self, number, user, vias=None, seconds=5.0):
        """Calls as ``user``, without credentials; answers the code of the final response. ``vias`` are Via headers, in which
        ``{me}`` is its own address and ``{branch}`` a fresh branch."""
        call = next(NUMBER)
        me, server = f"{self.host}:{self.port}", f"{self.server[0]}:{self.server[1]}"
        own = vias or ["SIP/2.0/UDP {me};branch={branch};rport"]
        branch = f"z9hG4bKs{self.port}x{call}"
        via = "".join(f"Via: {line.format(me=me, branch=branch)}\r\n" for line in own)
        sdp = (f"v=0\r\no=- 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n")
        target, ends = f"sip:{number}@{server}", f"From: <sip:{user}@{server}>;tag=s{call}\r\nCall-ID: s{call}@{me}\r\n"

        def text(method, to, more, body):
            return (f"{method} {target} SIP/2.0\r\n{via}Max-Forwards: 70\r\n{ends}To: <{target}>{to}\r\nCSeq: 1 {method}\r\n"
                    f"{more}Content-Length: {len(body)}\r\n\r\n{body}").encode()
        contact = f"Contact: <sip:{user}@{me}>\r\nContent-Type: application/sdp\r\n"
        self.socket.sendto(text("INVITE", "", contact, sdp), self.server)
        end = asyncio.get_running_loop().time() + seconds
        while True:
            left = end - asyncio.get_running_loop().time()
            expect(left > 0, f"an answer to a call of {user} from {self.host} within {seconds} s")
            try:
                data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 65535), left)
            except asyncio.TimeoutError:
                continue
            answer = data.decode(errors="replace")
            code = int(answer.split(" ", 2)[1]) if answer.startswith("SIP/2.0 ") else 0
            if code < 200 or f"s{call}@{me}" not in answer:
                continue
            tag = re.search(r"^To:[^\r\n]*(;tag=[^;\r\n]+)", answer, re.M | re.I)
            self.socket.sendto(text("ACK", tag[1] if tag else "", "", ""), self.server)
            return code
