"""Expectations that fail with clear words."""
import asyncio
import json
import time


class Broken(Exception):
    """A broken expectation."""


def show(value):
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 1500 else f"{text[:1500]}… ({len(text)} characters)"


def expect(held, words, seen=None):
    if not held:
        raise Broken(words if seen is None else f"{words}; saw {show(seen)}")


def same(seen, wanted, words):
    expect(seen == wanted, f"{words}: wanted {show(wanted)}", seen if seen is not None else "nothing")


def is_text(value):
    return isinstance(value, str) and value != ""


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


async def eventually(look, words, seconds=5.0):
    """Polls the coroutine function ``look`` until it answers something true."""
    end = time.monotonic() + seconds
    while True:
        found = await look()
        if found:
            return found
        expect(time.monotonic() < end, f"{words} did not happen within {seconds} s")
        await asyncio.sleep(0.05)
