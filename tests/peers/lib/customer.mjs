// The customer's browser: the GMS chat v2 protocol over form posts.

import { exchange } from './http.mjs';
import { expect, isObject, isText } from './expect.mjs';

export const urlencoded = (fields) => ({
  headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' },
  body: new URLSearchParams(fields).toString(),
});

export function multipart(fields) {
  const boundary = '----peer7MA4YWxkTrZu0gW';
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` }, body: `${parts.join('')}--${boundary}--\r\n` };
}

/** A chat as the widget sees it. `alias`, `nextPosition` and the ended flag are taken from each answer. */
export class Customer {
  constructor(base, service = 'customer-support', encode = urlencoded) {
    this.url = `${base.replace(/\/$/, '')}/genesys/2/chat/${service}`;
    this.encode = encode;
    this.messages = [];
  }

  /** Posts a form to the service (`command` empty) or to this chat; answers the raw exchange. */
  post(command, fields = {}, more = {}) {
    const url = command === '' ? this.url : `${this.url}/${this.chatId}/${command}`;
    const session = command === '' ? {} : { userId: this.userId, secureKey: this.secureKey, alias: this.alias };
    const { headers, body } = this.encode({ ...session, ...fields });
    return exchange(url, { method: 'POST', headers: { ...headers, ...more }, body });
  }

  /** Requests the chat. */
  async request(fields) {
    const answer = this.good(await this.post('', fields), 'request chat');
    for (const name of ['chatId', 'userId', 'secureKey', 'alias']) {
      expect(isText(answer[name]), `the answer to a chat request has the text ${name}`, answer);
      this[name] = answer[name];
    }
    expect(answer.chatEnded === false, 'a new chat has not ended', answer);
    return this.take(answer);
  }

  /** Sends a command that must succeed; new messages go to `messages`. */
  async command(command, fields = {}) {
    return this.take(this.good(await this.post(command, fields), command));
  }

  send(message) {
    return this.command('send', { message });
  }

  refresh(transcriptPosition = this.nextPosition) {
    return this.command('refresh', { transcriptPosition });
  }

  /** The common answer shape with statusCode 0. */
  good(exchanged, words) {
    const answer = exchanged.json;
    expect(exchanged.status === 200 && isObject(answer), `${words} by the customer answers 200 and JSON`, [exchanged.status, exchanged.text]);
    expect(answer.statusCode === 0, `${words} by the customer has statusCode 0`, answer);
    expect(Number.isInteger(answer.nextPosition), `${words}: nextPosition is an integer`, answer);
    expect(typeof answer.chatEnded === 'boolean', `${words}: chatEnded is a boolean`, answer);
    expect(Array.isArray(answer.messages), `${words}: messages is an array`, answer);
    answer.messages.forEach(checkCustomerMessage);
    return answer;
  }

  take(answer) {
    if (isText(answer.alias)) this.alias = answer.alias;
    const fresh = answer.messages.filter(({ index }) => !(index < (this.nextPosition ?? 0)));
    this.messages.push(...fresh);
    this.nextPosition = Math.max(this.nextPosition ?? 0, answer.nextPosition);
    this.ended = answer.chatEnded;
    return answer;
  }
}

export function checkCustomerMessage(message) {
  expect(Number.isInteger(message.index) && message.index >= 1, "a customer's message has an index from 1", message);
  expect(isText(message.type), "a customer's message has a type", message);
  expect(Number.isInteger(message.utcTime) && message.utcTime > 1e12, 'utcTime is an integer of milliseconds', message);
  expect(isObject(message.from) && isText(message.from.nickname) && isText(message.from.type), 'from has nickname and type', message);
  expect(Number.isInteger(message.from.participantId), "the customer sees small integers as participantId", message);
  expect(['Client', 'Agent', 'External', 'Supervisor'].includes(message.from.type), 'from.type as customers see it', message);
}
