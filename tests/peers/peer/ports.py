"""Ports that nobody has."""
import random
import socket

HOST = "127.0.0.1"


OURS = range(20000, 32000, 2)  # below what systems give out by themselves, so that nobody gets one between two lines


def free_port():
    """A port that is free for UDP and for TCP, as SIP wants it, and so is the next, where softphones speak TLS."""
    while True:
        port = random.choice(OURS)
        if _is_free(port) and _is_free(port + 1):
            return port


def _is_free(port):
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
        try:
            stream.bind((HOST, port))
            datagram.bind((HOST, port))
        except OSError:
            return False
    return True


def media_socket():
    """A socket for sound on an even port, as RTP wants it (RFC 3550 §11)."""
    while True:
        sound = socket.socket(type=socket.SOCK_DGRAM)
        sound.bind((HOST, 0))
        if sound.getsockname()[1] % 2 == 0:
            sound.setblocking(False)
            return sound
        sound.close()
