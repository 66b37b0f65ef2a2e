"""Sound for phones that have none of their own (sipp): speaks a tone, records what comes, in G.711 µ-law over RTP."""
import asyncio
import random
import struct
import time

from .hearing import Hearing
from .ports import HOST, media_socket
from .sound import RATE, Recording, sine

FRAME = RATE // 50  # samples in a packet: 20 ms
EVENT = 101  # payload type of keys, as the scenarios offer it


class Sound(Hearing):
    """A socket for sound at ``port``. It speaks to where it is spoken to from, or where it is aimed at."""

    def __init__(self, name, tone):
        self.name, self.tone = name, tone
        self.socket = media_socket()
        self.port = self.socket.getsockname()[1]
        self.peer = None
        self.ear = Recording(name, self)
        self.events = []  # of keys: (digit, is the end, marker, timestamp, duration, sequence)
        self._heard = []
        self._turn = sine(tone, 0, RATE)

    async def open(self, leaving):
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket, self._take)
        speaking = asyncio.ensure_future(self._speak())

        def close():
            speaking.cancel()
            loop.remove_reader(self.socket)
            self.socket.close()
        leaving.callback(close)
        return self

    def aim(self, port):
        self.peer = (HOST, port)

    def _take(self):
        try:
            packet, self.peer = self.socket.recvfrom(2048)
        except OSError:
            return
        if len(packet) < 12 or packet[0] & 0xDF != 0x80:
            return
        kind, sequence, stamp = packet[1] & 0x7F, *struct.unpack(">HI", packet[2:8])
        body = packet[12:]
        if kind == 0:
            self._heard += [DECODED[byte] for byte in body]
        elif kind == EVENT and len(body) >= 4:
            code, flags, duration = struct.unpack(">BBH", body[:4])
            self.events.append((KEYS[code], bool(flags & 0x80), bool(packet[1] & 0x80), stamp, duration, sequence))

    async def _speak(self):
        sequence, stamp, ssrc = random.getrandbits(15), random.getrandbits(31), random.getrandbits(32)
        place, due = 0, time.monotonic()
        while True:
            if self.peer:
                frame = bytes(encoded(sample) for sample in self._turn[place:place + FRAME])
                head = struct.pack(">BBHII", 0x80, 0, sequence & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
                try:
                    self.socket.sendto(head + frame, self.peer)
                except OSError:
                    pass  # nobody is there any more, or not yet
            place = (place + FRAME) % RATE
            sequence, stamp, due = sequence + 1, stamp + FRAME, due + 0.02
            await asyncio.sleep(max(0, due - time.monotonic()))

    def digits(self, since=0):
        """Each key once, by the moment it began (RFC 4733 §2.5.1.2)."""
        return "".join(digit for digit, _ in dict.fromkeys((event[0], event[3]) for event in self.events[since:]))

    # What is recorded, for the ear.

    def mark(self):
        return len(self._heard)

    def since(self, mark):
        return self._heard[mark:]


KEYS = "0123456789*#ABCD" + "?" * 240


def _decode(byte):
    byte = ~byte & 0xFF
    size = (((byte & 0x0F) << 3) + 0x84) << ((byte & 0x70) >> 4)
    return 0x84 - size if byte & 0x80 else size - 0x84


def encoded(sample, kept={}):
    """A sample in µ-law (G.711, table 2)."""
    if sample not in kept:
        size = min(abs(sample), 32635) + 0x84
        exponent = size.bit_length() - 8
        kept[sample] = ~((0x80 if sample < 0 else 0) | exponent << 4 | (size >> (exponent + 3)) & 0x0F) & 0xFF
    return kept[sample]


DECODED = [_decode(byte) for byte in range(256)]
