"""Kamailio in front of the server, as ``scenarios/edge.cfg`` says: a proxy that we did not write."""
import asyncio
import os
import shutil
import tempfile

from .expect import Broken, expect
from .ports import free_port

EDGE = "127.0.0.2"
PAGE = os.path.join(os.path.dirname(__file__), "..", "scenarios", "edge.cfg")
READY_SECONDS = 30.0


class Kamailio:
    """The proxy at ``address``, ``server`` behind it."""

    def __init__(self, server):
        self.address = f"{EDGE}:{free_port()}"
        self.dir = tempfile.TemporaryDirectory(prefix="jackfield-kamailio-")
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
        host, port = server.split(":")
        for name, value in {"edge": self.address, "server": server, "server_host": host, "server_port": port}.items():
            page = page.replace(f"{{{name}}}", value)
        self.config = os.path.join(self.dir.name, "edge.cfg")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(page)
        self.process = None

    async def open(self, leaving):
        # Debian has it where only the administrator looks.
        program = shutil.which("kamailio", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            raise Broken("kamailio is missing; `.ci/peers calls` installs it")
        leaving.push_async_callback(self.close)
        with open(os.path.join(self.dir.name, "log"), "wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                program, "-f", self.config, "-DD", "-E", "-m", "32", "-M", "4", "-Y", self.dir.name, "-w", self.dir.name,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
        await self._listens()
        return self

    async def _listens(self):
        host, port = self.address.split(":")
        wanted = "".join(f"{int(part):02X}" for part in reversed(host.split("."))) + f":{int(port):04X}"
        end = asyncio.get_running_loop().time() + READY_SECONDS
        while True:
            with open("/proc/net/udp", encoding="ascii") as file:
                if any(line.split()[1] == wanted for line in file.readlines()[1:]):
                    return
            expect(self.process.returncode is None, "kamailio runs", self.log)
            expect(asyncio.get_running_loop().time() < end, "kamailio listens", self.log)
            await asyncio.sleep(0.05)

    @property
    def log(self):
        with open(os.path.join(self.dir.name, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    async def close(self):
        if self.process and self.process.returncode is None:
            # It ends its children by itself.
            self.process.terminate()
            await self.process.wait()
        self.dir.cleanup()
