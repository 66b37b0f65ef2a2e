"""One baresip without sound hardware: set up in a directory, told by JSON, its SIP messages read as it prints them."""
import asyncio
import glob
import json
import os
import re
import tempfile
import time

from .expect import Broken, expect, show
from .ports import HOST, free_port
from .wire import parse

CONFIG = """
sip_listen {host}:{port}
net_interface {host}
call_local_timeout 120
call_max_calls 4
audio_source ausine,{tone}
ausrc_srate 48000
ausrc_channels 2
rtp_ports 20000-29999
jitter_buffer_delay 1-5
snd_path {dir}
module_path {modules}
module g711.so
module ausine.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""
MODULES = ("/usr/lib/baresip/modules", "/usr/lib/*/baresip/modules", "/usr/local/lib/baresip/modules")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SAID = "dump-%Y-%m-%d-%H-%M-%S-enc.wav"  # as baresip 1.0 names what its user says
MINUTES = 30  # that a phone may live
FLOW = re.compile(r"^(UDP|TCP|TLS) \S+ -> \S+$")
READY_SECONDS = 30.0


def modules():
    """Where the package keeps its modules, which differs between releases."""
    found = [path for pattern in MODULES for path in glob.glob(pattern)]
    expect(found, "the modules of baresip are where packages put them", MODULES)
    return found[0]


def _record_only_what_is_heard(directory):
    """Bars the files of what is said. Release 1.0 gives up recording at a re-INVITE, and begins again only when there
    is no recording of the other direction; it goes on by itself when a file cannot be opened."""
    now = int(time.time())
    for second in range(now, now + MINUTES * 60):
        os.mkdir(os.path.join(directory, time.strftime(SAID, time.gmtime(second))))


class Baresip:
    """The program. ``events`` is what it told, in order; ``messages`` the SIP it saw, with ``event`` for what changed."""

    def __init__(self, name, tone, account, host=HOST):
        self.name, self.tone, self.account, self.host = name, tone, account, host
        self.port = free_port()
        self.dir = tempfile.TemporaryDirectory(prefix="jackfield-phone-")
        self.events, self.messages = [], []
        self.changed = asyncio.Condition()
        self._answers = {}
        self._tokens = 0
        self._tasks = []
        self._log = []
        self.process = None

    async def open(self, leaving):
        leaving.push_async_callback(self.close)
        control = free_port()
        with open(os.path.join(self.dir.name, "config"), "w", encoding="ascii") as file:
            file.write(CONFIG.format(host=self.host, port=self.port, tone=self.tone, dir=self.dir.name, modules=modules(), control=control))
        with open(os.path.join(self.dir.name, "accounts"), "w", encoding="ascii") as file:
            file.write(self.account + "\n")
        _record_only_what_is_heard(self.dir.name)
        # It prints in blocks when nobody looks; stdbuf (coreutils) makes that lines.
        try:
            self.process = await asyncio.create_subprocess_exec(
                "stdbuf", "-oL", "baresip", "-s", "-f", self.dir.name, stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, limit=2 ** 20, env={**os.environ, "TZ": "UTC"})
        except FileNotFoundError as missing:
            raise Broken(f"{missing.filename} is missing; `.ci/peers calls` installs it") from None
        self._tasks.append(asyncio.ensure_future(self._read_what_it_prints()))
        self._writer = await self._connect(control)
        return self

    async def _connect(self, control):
        end = asyncio.get_running_loop().time() + READY_SECONDS
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", control)
            except OSError:
                expect(self.process.returncode is None, f"baresip of {self.name} runs", self.log)
                expect(asyncio.get_running_loop().time() < end, f"baresip of {self.name} can be told things", self.log)
                await asyncio.sleep(0.05)
            else:
                self._tasks.append(asyncio.ensure_future(self._read_what_it_tells(reader)))
                return writer

    @property
    def log(self):
        """The last it printed."""
        return "\n".join(self._log[-60:])

    async def _read_what_it_prints(self):
        message, is_ours = [], False
        async for raw in self.process.stdout:
            # Before a message there may be what it shows of a running call, which ends with a carriage return.
            line = COLOURS.sub("", raw.decode(errors="replace").rstrip("\r\n")).split("\r")[-1]
            self._log.append(line)
            if FLOW.match(line):
                message, is_ours = [], True
            elif is_ours:
                message.append(line)
                # A message ends with the blank line that follows its last line; its length tells which that is.
                if _is_complete(message):
                    await self._saw(parse(message))
                    is_ours = False

    async def _saw(self, message):
        async with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    async def _read_what_it_tells(self, reader):
        try:
            while True:
                size = int((await reader.readuntil(b":"))[:-1])
                told = json.loads((await reader.readexactly(size + 1))[:-1])
                async with self.changed:
                    if told.get("response"):
                        self._answers[told.get("token")] = told
                    else:
                        self.events.append(told)
                    self.changed.notify_all()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass

    async def tell(self, command, params=None):
        """Has a command done, and answers what it says to that."""
        self._tokens += 1
        token = str(self._tokens)
        body = json.dumps({"command": command, **({"params": params} if params is not None else {}), "token": token}).encode()
        self._writer.write(b"%d:%s," % (len(body), body))
        await self.until(f"answer to {command}", lambda: token in self._answers)
        answer = self._answers.pop(token)
        expect(answer["ok"], f"baresip of {self.name} does {command} {params or ''}", answer.get("data"))
        return COLOURS.sub("", answer["data"])

    async def until(self, words, look, seconds=10.0):
        """Waits until ``look()`` answers something, and answers that."""
        async with self.changed:
            try:
                return await asyncio.wait_for(self.changed.wait_for(look), seconds)
            except asyncio.TimeoutError:
                told = [[event["type"], event.get("param")] for event in self.events]
                starts = [message.start for message in self.messages[-20:]]
                raise Broken(f"{self.name}: no {words} within {seconds} s; told {show(told)}; SIP {show(starts)}") from None

    def recordings(self):
        """What it heard, as paths in order: a file for each call, and for each time it was told not to send."""
        return sorted(glob.glob(os.path.join(self.dir.name, "dump-*dec*.wav")), key=os.path.getmtime)

    async def kill(self):
        """The phone is gone without a word, as when its cable is drawn."""
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def close(self):
        for task in self._tasks:
            task.cancel()
        await self.kill()
        self.dir.cleanup()


def _is_complete(lines):
    if "" not in lines:
        return False
    head = lines.index("")
    length = next((int(line.split(":")[1]) for line in lines[:head] if line.lower().startswith(("content-length:", "l:"))), 0)
    # Each line of the body ends with two bytes that are not here any more.
    return sum(len(line.encode()) + 2 for line in lines[head + 1:]) >= length
