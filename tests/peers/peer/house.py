"""The binary on a directory of its own: set up from a file, started, killed, started again."""
import asyncio
import os
import socket
import sys
import tempfile

import aiohttp

from .expect import expect

READY_SECONDS = 90  # a debug build on a busy machine
CENTRE = "c0ffee00-0000-4000-8000-000000000001"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class House:
    """``serve --demo`` with accounts from a file: only the demo lets a provider be asked without https, and on this
    machine. Users, queues and services are the file's, not the demo's."""

    def __init__(self, binary, settings, secrets):
        self.binary = os.path.abspath(binary)
        self.dir = tempfile.TemporaryDirectory(prefix="jackfield-peers-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {**os.environ, **secrets}
        self.process = None
        with open(self.path("settings.toml"), "w", encoding="utf-8") as file:
            file.write(settings)

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def _command(self, *words):
        return [self.binary, *words, "--config", self.path("settings.toml"), "--data", self.path("data")]

    async def run(self, *words):
        """A command that ends by itself: whether it went well, and all it said."""
        process = await asyncio.create_subprocess_exec(
            *self._command(*words), env=self.env, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        try:
            said, _ = await asyncio.wait_for(process.communicate(), READY_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
        return process.returncode == 0, said.decode(errors="replace")

    async def provision(self):
        went_well, said = await self.run("config", "apply")
        expect(went_well, "config apply", said)

    async def start(self):
        """Starts the server and waits until it is ready."""
        with open(self.path("log"), "ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._command("serve", "--demo", "--http", f"127.0.0.1:{self.port}"), env=self.env,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
        end = asyncio.get_running_loop().time() + READY_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
            while not await self._is_ready(http):
                expect(self.process.returncode is None, f"the server ended with {self.process.returncode}")
                expect(asyncio.get_running_loop().time() < end, "the server did not get ready")
                await asyncio.sleep(0.05)

    async def _is_ready(self, http):
        try:
            async with http.get(f"{self.url}/ready") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    @property
    def lives(self):
        return self.process is not None and self.process.returncode is None

    async def kill(self):
        """SIGKILL: the process gets to do nothing any more."""
        self.process.kill()
        await self.process.wait()

    def log(self):
        try:
            with open(self.path("log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    async def __aenter__(self):
        return self

    async def __aexit__(self, failed, *_):
        if self.lives:
            await self.kill()
        if failed:
            print(f"--- server ---\n{self.log()}", file=sys.stderr)
        self.dir.cleanup()


async def refused(binary, settings, secrets, words):
    """Settings that are refused, with a reason in these words."""
    async with House(binary, settings, secrets) as house:
        went_well, said = await house.run("config", "check")
        expect(not went_well and all(word in said for word in words), f"refused in the words {words}", said)
