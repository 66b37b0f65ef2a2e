// Notifications through the official CometD client. What comes on a topic has the type that the API document describes
// for it among its webhooks.

import { CometD, type Message } from 'cometd9';
import type { webhooks } from './generated/api.js';

export type Topic = keyof webhooks;
export type Note<Of extends Topic> = webhooks[Of]['post']['requestBody']['content']['application/json'];

export class Notifications {
  readonly #cometd = new CometD();

  constructor(url: string, requestHeaders: Record<string, string>) {
    this.#cometd.unregisterTransport('websocket');
    this.#cometd.configure({ url: `${url}/api/v2/notifications`, requestHeaders, logLevel: 'warn' });
  }

  connect(): Promise<void> {
    return succeeds((done) => this.#cometd.handshake(done));
  }

  async subscribe<Of extends Topic>(topic: Of): Promise<Heard<Note<Of>>> {
    const heard = new Heard<Note<Of>>();
    await succeeds((done) => this.#cometd.subscribe(topic, (message) => heard.take(message.data), done));
    return heard;
  }

  disconnect(): Promise<void> {
    return succeeds((done) => this.#cometd.disconnect(done));
  }
}

/** The notes of one topic, in their order. */
export class Heard<Item> {
  readonly #notes: Item[] = [];
  #wake = () => {};

  take(note: Item): void {
    this.#notes.push(note);
    this.#wake();
  }

  /** What `look` finds in the first note in which it finds something; that note and those before it are done with. */
  async first<Found>(what: string, look: (note: Item) => Found | undefined): Promise<Found> {
    const end = Date.now() + 10_000;
    while (Date.now() < end) {
      for (let note = this.#notes.shift(); note !== undefined; note = this.#notes.shift()) {
        const found = look(note);
        if (found !== undefined) return found;
      }
      await new Promise<void>((wake) => {
        this.#wake = wake;
        setTimeout(wake, end - Date.now());
      });
    }
    throw new Error(`nothing was heard of ${what} for ten seconds`);
  }
}

function succeeds(ask: (done: (reply: Message) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    ask((reply) => (reply.successful ? resolve() : reject(new Error(`${reply.channel}: ${reply.error ?? 'no answer'}`))));
  });
}
