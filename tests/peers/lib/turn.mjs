// Scripts that run at once against one server share its queue: only one may have a ready agent at a time.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sleep } from './expect.mjs';

/** Waits for the turn at this server; answers the function that passes it on. A turn dies with its process. */
export async function takeTurn(url) {
  const name = new URL(url).host.replace(/\W/g, '-');
  const file = path.join(os.tmpdir(), `jackfield-peers-${name}.turn`);
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => release(file);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      forgetTheDead(file);
      await sleep(30);
    }
  }
}

function release(file) {
  if (holder(file) === process.pid) fs.rmSync(file, { force: true });
}

function forgetTheDead(file) {
  const pid = holder(file);
  if (pid === undefined || pid === process.pid) return;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') fs.rmSync(file, { force: true });
  }
}

function holder(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
