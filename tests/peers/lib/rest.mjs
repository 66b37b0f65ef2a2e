// The agent's side of the REST API: every answer is checked for the envelope that clients depend on.

import http from 'node:http';
import { Jar, basic, exchange } from './http.mjs';
import { expect, isObject, same } from './expect.mjs';

/** Fails unless the answer is JSON with an integer `statusCode` under exactly `application/json`. */
export function envelope(answer, words) {
  expect(isObject(answer.json), `${words}: the body is JSON (HTTP ${answer.status})`, answer.text);
  expect(Number.isInteger(answer.json.statusCode), `${words}: the body has an integer statusCode (HTTP ${answer.status})`, answer.json);
  const type = (answer.headers['content-type'] ?? '').split(';')[0].trim();
  expect(type === 'application/json', `${words}: the media type is exactly application/json`, answer.headers['content-type']);
  return answer.json;
}

/** An agent who sends Basic with every request and keeps a cookie jar of their own. */
export class Desk {
  constructor(base, agent) {
    this.base = base.replace(/\/$/, '');
    this.agent = agent;
    this.jar = new Jar();
    this.keepAlive = new http.Agent({ keepAlive: true, maxSockets: 2 });
  }

  /** One exchange under `/api/v2`; operations must answer within the 5 s that desktops wait. */
  async ask(method, path, body) {
    const answer = await exchange(`${this.base}/api/v2${path}`, {
      method, body, jar: this.jar, agent: this.keepAlive, headers: { Authorization: basic(this.agent) },
    });
    const words = `${method} ${path}${body?.operationName ? ` ${body.operationName}` : ''} by ${this.agent.name}`;
    envelope(answer, words);
    expect(answer.ms < 5000, `${words} answered within 5 s`, answer.ms);
    return answer;
  }

  async get(path) {
    const answer = await this.ask('GET', path);
    expect(answer.status === 200 && answer.json.statusCode === 0, `GET ${path} by ${this.agent.name} is 200 and 0`, [answer.status, answer.json]);
    return answer.json;
  }

  /** Posts an operation that must be accepted; answers the body. */
  async operate(path, operationName, parameters = {}) {
    const answer = await this.ask('POST', path, { operationName, ...parameters });
    const good = answer.status === 200 && answer.json.statusCode === 0;
    expect(good, `${operationName} on ${path} by ${this.agent.name} is accepted`, [answer.status, answer.json]);
    return answer.json;
  }

  /** The documented answer of `Set…Disposition`: the status code and nothing else. */
  async dispose(path, disposition, more = {}) {
    const answer = await this.operate(path, 'SetDisposition', { disposition, ...more });
    same(answer, { statusCode: 0 }, 'SetDisposition answers exactly');
  }

  /** `GET /me?subresources=*`, with the members that clients read without looking. */
  async me() {
    const { user } = await this.get('/me?subresources=*');
    expect(isObject(user), 'GET /me has a user', user);
    expect(user.userName === this.agent.name, 'user.userName is who asked', user.userName);
    expect(typeof user.id === 'string' && user.uri?.endsWith(`/users/${user.id}`), 'user.uri ends in /users/<id>', user.uri);
    expect(isObject(user.settings), 'user.settings is present and an object', user.settings);
    return user;
  }

  /** The value of the HTTP session cookie jar, for stacks that are to live on cookies alone. */
  get cookie() {
    return this.jar.header;
  }

  /** Logs out; quiet when there is nothing to log out of. */
  async leave() {
    await this.ask('POST', '/me', { operationName: 'EndContactCenterSession' });
    this.keepAlive.destroy();
  }
}
