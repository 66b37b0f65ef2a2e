"""The same turn as lib/turn.mjs: one ready agent at a time among scripts on one server."""
import asyncio
import os
import re
import tempfile
from urllib.parse import urlsplit


def _file(url):
    return os.path.join(tempfile.gettempdir(), f"jackfield-peers-{re.sub(r'[^0-9A-Za-z_]', '-', urlsplit(url).netloc)}.turn")


async def take_turn(url):
    """Waits for the turn; answers the function that passes it on."""
    file = _file(url)
    while True:
        try:
            with open(file, "x", encoding="ascii") as turn:
                turn.write(str(os.getpid()))
            return lambda: _holder(file) == os.getpid() and os.remove(file)
        except FileExistsError:
            _forget_the_dead(file)
            await asyncio.sleep(0.03)


def _forget_the_dead(file):
    pid = _holder(file)
    if pid is None or pid == os.getpid():
        return
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        os.remove(file)
    except PermissionError:
        pass


def _holder(file):
    try:
        with open(file, encoding="ascii") as turn:
            return int(turn.read() or 0) or None
    except (FileNotFoundError, ValueError):
        return None
