// Bayeux by hand, over plain HTTP: for what no well-behaved library would send.

import http from 'node:http';
import { Jar, basic, exchange } from './http.mjs';
import { expect } from './expect.mjs';

/** A Bayeux client of one agent with a cookie jar of its own; `auth: false` leaves `Authorization` out. */
export class Wire {
  constructor(base, agent, { auth = true, jar = new Jar() } = {}) {
    this.endpoint = `${base.replace(/\/$/, '')}/api/v2/notifications`;
    this.headers = auth ? { Authorization: basic(agent) } : {};
    this.jar = jar;
    this.keepAlive = new http.Agent({ keepAlive: true });
    this.events = [];
  }

  /** Posts `messages` (any JSON value, or raw text) to the endpoint plus `path`; answers the raw exchange. */
  post(messages, { path = '', headers = {}, ...more } = {}) {
    return exchange(this.endpoint + path, {
      method: 'POST', body: messages, jar: this.jar, agent: this.keepAlive, headers: { ...this.headers, ...headers }, ...more,
    });
  }

  /** Posts messages that must be answered with HTTP 200 and an array; events go to `events`, replies are answered. */
  async replies(messages, more) {
    const answer = await this.post(messages, more);
    expect(answer.status === 200 && Array.isArray(answer.json), 'a Bayeux request is answered with 200 and an array', [answer.status, answer.text]);
    const events = answer.json.filter((message) => !('successful' in message));
    this.events.push(...events);
    const replies = answer.json.filter((message) => 'successful' in message);
    return Object.assign(replies, { ms: answer.ms, events, headers: answer.headers, all: answer.json });
  }

  async reply(message, more) {
    const replies = await this.replies([message], more);
    expect(replies.length === 1, `one reply to one ${message.channel}`, replies.all);
    return Object.assign(replies[0], { ms: replies.ms, events: replies.events });
  }

  /** A handshake that must succeed. */
  async handshake(extra = {}, more) {
    const reply = await this.reply({ channel: '/meta/handshake', id: '1', version: '1.0', supportedConnectionTypes: ['long-polling'], ...extra }, more);
    expect(reply.successful === true && typeof reply.clientId === 'string', 'the handshake succeeds with a clientId', reply);
    this.clientId = reply.clientId;
    return reply;
  }

  async subscribe(subscription) {
    const reply = await this.reply({ channel: '/meta/subscribe', id: 's', clientId: this.clientId, subscription });
    expect(reply.successful === true, `the subscription to ${subscription} succeeds`, reply);
    return reply;
  }

  connect(extra = {}, more) {
    return this.reply({ channel: '/meta/connect', id: 'c', clientId: this.clientId, connectionType: 'long-polling', ...extra }, more);
  }

  /** Connects until `wanted` accepts an event; fails with `words` after `ms`. */
  async until(words, wanted, ms = 5000) {
    const end = Date.now() + ms;
    for (;;) {
      const found = this.events.find(wanted);
      if (found) return found;
      expect(Date.now() < end, `no event "${words}" within ${ms} ms`, this.events);
      await this.connect({ advice: { timeout: Math.max(0, Math.min(1000, end - Date.now())) } });
    }
  }

  disconnect() {
    return this.reply({ channel: '/meta/disconnect', id: 'd', clientId: this.clientId });
  }
}
