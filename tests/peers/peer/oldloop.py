"""Lets aiocometd 0.4.5 run on Python 3.10 and later.

The package passes ``loop=`` to four names of asyncio that no longer take it. Its modules get a stand-in for asyncio
that drops the argument; the package itself, and all it sends, stays as published.
"""
import asyncio
import types

from aiocometd import client, utils
from aiocometd.exceptions import AiocometdException  # noqa: F401 (for callers)
from aiocometd.transports import long_polling


class _Semaphore(asyncio.Semaphore):
    def __init__(self, value=1, *, loop=None):
        super().__init__(value)


def _without_loop(call):
    def called(*args, loop=None, **kwargs):
        return call(*args, **kwargs)
    return called


def install():
    """Puts the stand-in into the three modules concerned."""
    stand_in = types.SimpleNamespace(**{name: getattr(asyncio, name) for name in dir(asyncio)})
    stand_in.Semaphore = _Semaphore
    for name in ("sleep", "wait", "wait_for"):
        setattr(stand_in, name, _without_loop(getattr(asyncio, name)))
    for module in (client, utils, long_polling):
        module.asyncio = stand_in


def without_cancellations(loop, context):
    """An exception handler: since Python 3.8 the package lets its own cancelled tasks escape from callbacks."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)
