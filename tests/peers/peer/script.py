"""How a script ends: one line of JSON, or the step and the expectation that failed."""
import argparse
import asyncio
import contextlib
import json
import sys
import time

from . import oldloop
from .expect import Broken, expect


def main(name, walk, seconds, flags):
    """Runs ``walk(flags, step, leaving)``, which answers what to tell, within so many seconds; answers the exit status.
    ``flags`` are names with defaults."""
    parser = argparse.ArgumentParser(description=walk.__doc__)
    for flag, default in flags.items():
        parser.add_argument(f"--{flag}", default=default, type=type(default))
    return asyncio.run(_run(name, walk, seconds, parser.parse_args()))


def cases(functions):
    """A walk through cases, ``case(flags, leaving)``, what one opened being closed before the next: all, or those that ``--only a,b`` names."""
    async def walk(flags, step, _):
        known = {case.__name__: case for case in functions}
        names = [name for name in flags.only.split(",") if name] or list(known)
        expect(set(names) <= set(known), f"--only names some of {', '.join(known)}", flags.only)
        for name in names:
            step(name)
            async with contextlib.AsyncExitStack() as leaving:
                await known[name](flags, leaving)
        return {"cases": names}
    walk.__doc__ = "Runs cases."
    return walk


async def _run(name, walk, seconds, flags):
    oldloop.install()
    asyncio.get_running_loop().set_exception_handler(oldloop.without_cancellations)
    started, steps = time.monotonic(), ["start"]
    try:
        async with contextlib.AsyncExitStack() as leaving:
            summary = await asyncio.wait_for(walk(flags, steps.append, leaving), seconds)
    except (Broken, asyncio.TimeoutError, oldloop.AiocometdException) as error:
        words = str(error) if isinstance(error, Broken) else repr(error) if str(error) else f"no end after {seconds} s"
        print(f'{name} failed at "{steps[-1]}": {words}', file=sys.stderr)
        return 1
    ms = round((time.monotonic() - started) * 1000)
    print(json.dumps({"ok": True, "script": name, **summary, "steps": len(steps) - 1, "ms": ms}))
    return 0
