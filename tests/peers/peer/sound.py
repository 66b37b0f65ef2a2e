"""What is in a recording: the tones of a stretch of sound, and how it grows while a call lives."""
import asyncio
import math
import os
import struct
import time

from .expect import Broken

RATE = 8000  # samples a second: G.711
STRETCH = 0.3  # seconds that are listened to at once
PART = 0.2  # seconds over which strength is measured: tones 10 Hz apart are told apart
FLOOR = 0.02  # of full scale: what is weaker is not heard
GRID = range(300, 1600, 10)  # Hz, as far as tones are looked for
NEAR = 15  # Hz that a tone may be off


def sine(hz, start, count, loudness=0.4):
    """``count`` samples of a tone from sample ``start`` on, 16 bit."""
    step = 2 * math.pi * hz / RATE
    return [int(32767 * loudness * math.sin(step * n)) for n in range(start, start + count)]


def strength(samples, hz):
    """How loud one frequency is, as a share of full scale (Goertzel, with a Hann window)."""
    count = len(samples)
    turn = 2 * math.pi * hz / RATE
    factor, before, last = 2 * math.cos(turn), 0.0, 0.0
    for sample, weight in zip(samples, _hann(count)):
        before, last = last, sample * weight + factor * last - before
    power = max(0.0, before * before + last * last - factor * before * last)
    return 4 * math.sqrt(power) / count / 32768


def _hann(count, kept={}):
    if count not in kept:
        kept[count] = [0.5 - 0.5 * math.cos(2 * math.pi * n / count) for n in range(count)]
    return kept[count]


def tones(samples):
    """The tones of a stretch, strongest first: ``[(hz, loudness)]``. Nothing is silence."""
    size = int(PART * RATE)
    if len(samples) < size:
        return []
    part = samples[-size:]
    if max(part) - min(part) < FLOOR * 32768:
        return []
    levels = {hz: strength(part, hz) for hz in GRID}
    peaks = [(hz, level) for hz, level in levels.items()
             if level > FLOOR and level >= max(levels.get(hz - 10, 0), levels.get(hz + 10, 0))]
    return sorted(peaks, key=lambda peak: -peak[1])


def has(heard, hz):
    return any(abs(peak - hz) <= NEAR for peak, _ in heard)


class Waves:
    """WAV files that somebody else is writing, one after the other: 16 bit, one channel, headers not yet right.
    ``paths()`` tells which there are."""

    def __init__(self, paths):
        self.paths = paths

    def mark(self):
        """This moment of the recording."""
        paths = self.paths()
        return {path: os.path.getsize(path) for path in paths}

    def since(self, mark):
        """What was recorded since then."""
        samples = []
        for path in self.paths():
            with open(path, "rb") as file:
                start = file.read(4096).find(b"data") + 8
                if start < 8:
                    continue
                file.seek(max(start, mark.get(path, 0)))
                raw = file.read()
            samples += struct.unpack(f"<{len(raw) // 2}h", raw[:len(raw) // 2 * 2])
        return samples


class Recording:
    """What somebody hears, whatever records it: a source with ``mark()`` and ``since(mark)``."""

    def __init__(self, name, source):
        self.name, self.source = name, source

    async def listen(self, seconds=STRETCH):
        """The tones of the next moments. A stream that stands still is silence."""
        mark = self.source.mark()
        await asyncio.sleep(seconds)
        fresh = self.source.since(mark)
        return tones(fresh) if len(fresh) >= seconds * RATE / 2 else []

    async def until(self, words, wanted, seconds=10.0):
        """Listens until ``wanted(tones)`` holds, twice in a row: what is heard in passing does not count."""
        end, held, heard = time.monotonic() + seconds, 0, []
        while held < 2:
            if time.monotonic() > end:
                raise Broken(f"{self.name} hears {words}; hears {_words(heard)} after {seconds} s")
            heard = await self.listen()
            held = held + 1 if wanted(heard) else 0
        return heard


def _words(heard):
    return ", ".join(f"{hz} Hz at {level:.2f}" for hz, level in heard[:6]) or "nothing"
