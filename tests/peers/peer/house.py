"""The binary on a directory of its own: set up from a file, started, killed, started again."""
import asyncio
import os
import socket
import sys
import tempfile

import aiohttp

from .expect import expect

READY_SECONDS = 90  # a debug build on a busy machine, which hashes the passwords of the file


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class House:
    """``serve`` as an operator runs it: one file, secrets beside it, a data directory."""

    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        self.dir = tempfile.TemporaryDirectory(prefix="jackfield-peers-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = dict(os.environ)
        self.process = None

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def write(self, name, text):
        """A file in its directory, and where that is."""
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def furnish(self, settings, secrets):
        """The settings, and the variables of the environment they name."""
        self.write("centre.toml", settings)
        self.env.update(secrets)

    async def says(self, *words):
        """A command that ends by itself: whether it went well, and all it said."""
        process = await asyncio.create_subprocess_exec(
            self.binary, *words, "--config", self.path("centre.toml"), "--data", self.path("data"), env=self.env,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        try:
            said, _ = await asyncio.wait_for(process.communicate(), READY_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
        return process.returncode == 0, said.decode(errors="replace")

    def words(self):
        """The command that starts it."""
        return ["serve", "--config", self.path("centre.toml"), "--data", self.path("data"),
                "--http", f"127.0.0.1:{self.port}", "--sip", "127.0.0.1:0"]

    async def start(self):
        """Starts the server and waits until it is ready."""
        with open(self.path("log"), "ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                self.binary, *self.words(), env=self.env, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
        end = asyncio.get_running_loop().time() + READY_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
            while not await self._is_ready(http):
                expect(self.lives, f"the server goes on running, not ending with {self.process.returncode}")
                expect(asyncio.get_running_loop().time() < end, f"the server is ready within {READY_SECONDS} s")
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

    async def __aenter__(self):
        return self

    async def __aexit__(self, failed, *_):
        if self.lives:
            await self.kill()
        if failed and os.path.exists(self.path("log")):
            with open(self.path("log"), encoding="utf-8", errors="replace") as log:
                print(f"--- server ---\n{log.read()}", file=sys.stderr)
        self.dir.cleanup()
