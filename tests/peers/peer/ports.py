"""Ports that nobody has."""
import contextlib
import socket

HOST = "127.0.0.1"


def free_port():
    """A port that is free for UDP and for TCP, as SIP wants it."""
    while True:
        with contextlib.suppress(OSError), socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            stream.bind((HOST, 0))
            datagram.bind(stream.getsockname())
            return stream.getsockname()[1]


def media_socket():
    """A socket for sound on an even port, as RTP wants it (RFC 3550 §11)."""
    while True:
        sound = socket.socket(type=socket.SOCK_DGRAM)
        sound.bind((HOST, 0))
        if sound.getsockname()[1] % 2 == 0:
            sound.setblocking(False)
            return sound
        sound.close()
