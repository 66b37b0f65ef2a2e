// One interface over every CometD client: handshake, subscribe, hear, disconnect.

import { Worker } from 'node:worker_threads';
import { basic } from './http.mjs';
import { Broken, expect, show, sleep } from './expect.mjs';
import { names as cometdNames } from './stacks/cometd.mjs';
import { names as fayeNames } from './stacks/faye.mjs';

export const clients = [...cometdNames, ...fayeNames];

/** The three ways in which desktops subscribe. */
export const subscriptions = {
  star: ['/v2/me/*'],
  all: ['/**'],
  topics: ['/v2/me/devices', '/v2/me/channels', '/v2/me/calls', '/v2/me/chats', '/v2/me/emails', '/v2/me/workbins', '/v2/me/outbound'],
};

/** How each client subscribes unless told otherwise. */
export const habits = { cometd3: 'star', cometd5: 'topics', cometd9: 'star', faye: 'all' };

/**
 * Opens a listener.
 * `client` one of `clients`; `transport` long-polling or websocket; `ack` true to use the acknowledgement
 * extension; `endpoint` the Bayeux URL; `auth` `basic` (header on every request, own cookie jar) or `cookie` (the
 * cookies given as `cookie` and nothing else).
 */
export async function listen({ client, transport, ack, endpoint, auth = 'basic', agent, cookie }) {
  const headers = auth === 'cookie' ? { Cookie: cookie } : { Authorization: basic(agent) };
  const worker = new Worker(new URL('./listener.mjs', import.meta.url), {
    workerData: { client, transport, ack, url: endpoint, headers },
  });
  const listener = new Listener(worker);
  await listener.started;
  return listener;
}

class Listener {
  /** Every event in the order heard: `{channel, data, at}`. */
  events = [];
  /** Every handshake and connect reply, as far as the client shows them. */
  states = [];
  #waiting = new Set();
  #calls = new Map();
  #nextCall = 0;
  #failed;

  constructor(worker) {
    this.worker = worker;
    this.started = new Promise((resolve, reject) => {
      worker.on('error', (error) => {
        this.#failed = error;
        reject(error);
        for (const { reject: fail } of this.#calls.values()) fail(error);
      });
      worker.on('message', (message) => {
        if (message.ready) resolve();
        else if (message.event) this.#hear(message.event);
        else if (message.state) this.states.push(message.state);
        else this.#settle(message);
      });
    });
  }

  async handshake() {
    const reply = await this.#call('handshake');
    expect(reply.successful === true, 'the handshake succeeds', reply);
    return reply;
  }

  /** Subscribes to each channel and waits for all replies, as one desktop does before it starts its session. */
  async subscribe(channels) {
    const replies = await Promise.all(channels.map((channel) => this.#call('subscribe', channel)));
    for (const reply of replies) expect(reply.successful === true, `the subscription to ${reply.subscription} succeeds`, reply);
  }

  /** The transport that the client really uses. */
  transport() {
    return this.#call('transport');
  }

  /** Says goodbye and ends the thread. */
  async disconnect() {
    if (!this.#failed) await Promise.race([this.#call('disconnect'), sleep(3000)]);
    await this.worker.terminate();
  }

  /** Calls `hear(event)` for each event to come. */
  onMessage(hear) {
    this.#waiting.add({ hear });
  }

  /** A place in the stream: events from here on are the ones still to be looked at. */
  get here() {
    return this.events.length;
  }

  /** The first event from `from` on that `wanted` accepts; fails with `words` after `ms`. */
  async next(words, wanted, { from = 0, ms = 5000 } = {}) {
    const found = this.events.slice(from).find(wanted);
    if (found) return found;
    return new Promise((resolve, reject) => {
      const entry = {
        hear: (event) => {
          if (!wanted(event)) return;
          clearTimeout(timer);
          this.#waiting.delete(entry);
          resolve(event);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(entry);
        reject(new Broken(`no event "${words}" within ${ms} ms; heard since: ${show(this.events.slice(from).map(brief))}`));
      }, ms);
      this.#waiting.add(entry);
    });
  }

  #hear(event) {
    const kept = { ...event, at: Date.now(), position: this.events.length };
    this.events.push(kept);
    for (const { hear } of [...this.#waiting]) hear(kept);
  }

  #call(call, argument) {
    if (this.#failed) return Promise.reject(this.#failed);
    const id = (this.#nextCall += 1);
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, argument });
    });
  }

  #settle({ id, reply, error }) {
    const { resolve, reject } = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) reject(new Error(error));
    else resolve(reply);
  }
}

function brief({ channel, data }) {
  const session = data?.chat ?? {};
  return [channel, data?.messageType, data?.notificationType, session.state, data?.referenceId].filter((word) => word !== undefined).join(' ');
}
