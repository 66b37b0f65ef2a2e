// Runs one client stack in a thread of its own, so that two agents share neither cookies nor globals.

import { parentPort, workerData } from 'node:worker_threads';
import * as cometd from './stacks/cometd.mjs';
import * as faye from './stacks/faye.mjs';

const stack = [cometd, faye].find((candidate) => candidate.names.includes(workerData.client));
const client = await stack.open({
  ...workerData,
  onEvent: (event) => parentPort.postMessage({ event }),
  onState: (state) => parentPort.postMessage({ state }),
});

parentPort.on('message', async ({ id, call, argument }) => {
  try {
    parentPort.postMessage({ id, reply: await client[call](argument) });
  } catch (error) {
    parentPort.postMessage({ id, error: error.stack });
  }
});
parentPort.postMessage({ ready: true });
