"""Who hears whom: every phone says one tone of its own, and listens for those of the others."""
import asyncio
import time

from .expect import Broken
from .sound import has

HOLD = (525, 700, 1050)  # Hz: the notes that the centre plays to who waits, one after the other
PHONES = (610, 810, 930, 1170)  # Hz: what phones may speak, apart from each other and from all tones of the centre


class Hearing:
    """What a phone can be asked of its ear; ``self.ear`` is a :class:`~peer.sound.Recording`."""

    def digits(self, since=0):
        """The keys that were pressed at the other end, from event ``since`` on."""
        raise NotImplementedError

    async def gets_digits(self, wanted, since=0, seconds=10.0):
        """Waits until these keys, and no others, were pressed at the other end."""
        end = time.monotonic() + seconds
        while self.digits(since) != wanted:
            if time.monotonic() > end:
                raise Broken(f"{self.name} gets the keys {wanted}; has '{self.digits(since)}' after {seconds} s")
            await asyncio.sleep(0.05)

    async def hears(self, *phones, seconds=10.0):
        """Waits until exactly these phones are heard, of all that speak tones."""
        wanted = {phone.tone for phone in phones}
        words = " and ".join(f"{phone.name} ({phone.tone} Hz)" for phone in phones)
        return await self.ear.until(f"exactly {words}", lambda heard: _people(heard) == wanted, seconds)

    async def hears_nobody(self, seconds=10.0):
        """Waits until no phone is heard; a tone of the centre may be."""
        return await self.ear.until("nobody", lambda heard: not _people(heard), seconds)

    async def hears_the_centre(self, seconds=10.0):
        """Waits for a sound that no phone makes: a prompt, a ringing tone, music."""
        return await self.ear.until("the centre alone", lambda heard: heard and not _people(heard), seconds)

    async def hears_hold_tone(self, seconds=10.0):
        """Waits for the notes that tell one to wait, and nobody else."""
        return await self.ear.until("the hold tone alone", _is_hold, seconds)

    async def hears_silence(self, seconds=10.0):
        return await self.ear.until("nothing", lambda heard: not heard, seconds)


def _people(heard):
    return {hz for hz in PHONES if has(heard, hz)}


def _is_hold(heard):
    return bool(heard) and any(has(heard[:1], note) for note in HOLD) and not _people(heard)
