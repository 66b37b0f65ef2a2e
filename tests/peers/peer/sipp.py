"""sipp with a scenario of ``scenarios/``: phones and callers that do exactly what their page says, right or wrong."""
import asyncio
import csv
import os
import re
import tempfile

from .expect import Broken, expect, same
from .ports import HOST, free_port
from .wire import parse

SCENARIOS = os.path.join(os.path.dirname(__file__), "..", "scenarios")
RULER = re.compile(r"^-{20,} \d{4}-\d\d-\d\d", re.M)


class Sipp:
    """One run of a scenario. ``fields`` are filled in for ``{name}`` on its page; ``headers`` are lines of SIP."""

    def __init__(self, scenario, port=None, target=None, calls=1, rate=10, seconds=60, headers=(), **fields):
        self.scenario, self.calls = scenario, calls
        self.port = port or free_port()
        self.dir = tempfile.TemporaryDirectory(prefix=f"jackfield-sipp-{scenario}-")
        with open(os.path.join(SCENARIOS, f"{scenario}.xml"), encoding="utf-8") as file:
            page = file.read()
        with open(self._path("scenario.xml"), "w", encoding="utf-8") as file:
            file.write(_fill(page, {"headers": "\n".join(headers), **fields}))
        self.command = [
            "sipp", *([target] if target else []), "-sf", self._path("scenario.xml"), "-i", HOST, "-p", str(self.port),
            "-m", str(calls), "-r", str(rate), "-nostdin", "-timeout", str(seconds), "-timeout_error",
            "-trace_stat", "-stf", self._path("stat.csv"), "-fd", "1", "-trace_msg", "-message_file", self._path("messages"),
            "-trace_err", "-error_file", self._path("errors")]
        self.process = None

    def _path(self, name):
        return os.path.join(self.dir.name, name)

    async def open(self, leaving):
        leaving.push_async_callback(self.close)
        try:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE, cwd=self.dir.name, env={**os.environ, "TERM": "vt100"})
        except FileNotFoundError as missing:
            raise Broken(f"{missing.filename} is missing; `.ci/peers calls` installs it") from None
        await self._listens()
        return self

    async def _listens(self):
        """Waits until its port is taken, so that nothing is sent to nobody."""
        wanted = f"{self.port:04X}"
        for _ in range(200):
            with open("/proc/net/udp", encoding="ascii") as file:
                if any(line.split()[1].endswith(f":{wanted}") for line in file.readlines()[1:]):
                    return
            if self.process.returncode is not None:
                complaint = (await self.process.stderr.read()).decode(errors="replace")
                raise Broken(f"sipp with {self.scenario} ends at once: {complaint} {self.errors()}")
            await asyncio.sleep(0.02)
        raise Broken(f"sipp with {self.scenario} does not listen")

    async def ends(self, seconds=60.0):
        """Waits for its end; answers how it went: ``{"ok", "failed", "again"}``, the last being what it had to repeat."""
        try:
            _, complaint = await asyncio.wait_for(self.process.communicate(), seconds)
        except asyncio.TimeoutError:
            raise Broken(f"sipp with {self.scenario} does not end within {seconds} s; SIP {self.starts()}") from None
        with open(self._path("stat.csv"), encoding="ascii") as file:
            last = list(csv.DictReader(file, delimiter=";"))[-1:]
        expect(last, f"sipp with {self.scenario} tells how it went", complaint.decode(errors="replace"))
        return {"ok": int(last[0]["SuccessfulCall(C)"]), "failed": int(last[0]["FailedCall(C)"]),
                "again": int(last[0]["Retransmissions(C)"])}

    async def succeeds(self, seconds=60.0):
        """Waits for its end, with every call as its page says and nothing repeated."""
        how = await self.ends(seconds)
        same(how, {"ok": self.calls, "failed": 0, "again": 0}, f"sipp with {self.scenario}; SIP {self.starts()}; {self.errors()}")

    def messages(self):
        """All it sent and received, in order."""
        try:
            with open(self._path("messages"), encoding="utf-8", errors="replace") as file:
                parts = RULER.split(file.read())[1:]
        except FileNotFoundError:
            return []
        return [parse(part.split("\n\n", 1)[1].strip("\n").replace("\r", "").split("\n")) for part in parts if "\n\n" in part]

    def starts(self):
        return [message.start for message in self.messages()]

    def errors(self):
        try:
            with open(self._path("errors"), encoding="utf-8", errors="replace") as file:
                return file.read()[-1500:]
        except FileNotFoundError:
            return ""

    async def saw(self, words, wanted, seconds=10.0):
        """Waits for a message that ``wanted`` accepts."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            found = next((message for message in self.messages() if wanted(message)), None)
            if found:
                return found
            expect(asyncio.get_running_loop().time() < end, f"sipp with {self.scenario}: no {words} within {seconds} s", self.starts())
            await asyncio.sleep(0.05)

    async def kill(self):
        """It is gone without a word."""
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def close(self):
        await self.kill()
        self.dir.cleanup()


def _fill(page, fields):
    """Fills the fields of a page in. A line that is a field alone goes away when that is empty."""
    for name, value in fields.items():
        if value == "":
            page = page.replace(f"{{{name}}}\n", "")
        page = page.replace(f"{{{name}}}", str(value))
    missing = re.search(r"\{(\w+)\}", page.split("-->", 1)[1])
    expect(not missing, f"a field of the scenario is filled in: {missing and missing[1]}")
    return page


async def register(leaving, server, user, port=None, password="demo", expires=300, headers=()):
    """Registers a phone that will be called at ``port`` (any free one), by a run of its own from there."""
    run = await Sipp("register", port, server, user=user, password=password, expires=expires, headers=headers, seconds=20).open(leaving)
    await run.succeeds(25)
