// Every answer is JSON with a statusCode; requests come in the odd forms that clients send.

import http from 'node:http';
import { basic, exchange } from '../lib/http.mjs';
import { expect, isText, same } from '../lib/expect.mjs';
import { envelope } from '../lib/rest.mjs';

export const title = 'answers';

export async function run({ check, url, desk, agent }) {
  const post = (path, body, headers = {}) =>
    exchange(`${url}/api/v2${path}`, { method: 'POST', body, headers: { Authorization: basic(agent), ...headers } });

  const refusals = [
    ['an unknown resource is 404 with statusCode 6', () => desk.ask('GET', '/me/chats/0001unknown0000XX'), 404, 6],
    ['an unknown path is JSON with statusCode 6', () => desk.ask('GET', '/no-such-thing'), 404, 6],
    ['a missing operationName is 400 with statusCode 1', () => desk.ask('POST', '/me', {}), 400, 1],
    ['an unknown operationName is 400 with statusCode 2', () => desk.ask('POST', '/me', { operationName: 'Juggle' }), 400, 2],
    ['a body with single quotes is 400 with statusCode 2', () => post('/me', "{'operationName': 'Ready'}"), 400, 2],
    ['wrong credentials are 403 with statusCode 20', () => exchange(`${url}/api/v2/me`, { headers: { Authorization: basic({ name: agent.name, password: 'wrong' }) } }), 403, 20],
    ['an unknown user is 403 with statusCode 20', () => exchange(`${url}/api/v2/me`, { headers: { Authorization: basic({ name: 'nobody@demo', password: 'demo' }) } }), 403, 20],
  ];
  for (const [words, ask, status, statusCode] of refusals) {
    await check(words, async () => {
      const answer = await ask();
      same([answer.status, envelope(answer, words).statusCode], [status, statusCode], words);
      expect(isText(answer.json.statusMessage), 'an error has a statusMessage', answer.json);
    });
  }

  await check('a wrong method is JSON with a statusCode that is not 0', async () => {
    const answer = await desk.ask('DELETE', '/me/chats');
    expect(answer.status >= 400 && answer.json.statusCode > 0, 'refused', [answer.status, answer.json]);
  });

  await check('unknown JSON members and query parameters are ignored', async () => {
    await desk.operate('/me/channels/chat?_=1700000000', 'NotReady', { unheardOf: { x: [1] } });
  });

  await check('collections with a slash before the query: /me/calls/?fields=* and /me/chats/?fields=*', async () => {
    expect(Array.isArray((await desk.get('/me/calls/?fields=*')).calls), 'calls');
    expect(Array.isArray((await desk.get('/me/chats/?fields=*')).chats), 'chats');
    expect(Array.isArray((await desk.get('/me/chats')).uris), 'uris without fields');
  });

  await check('several requests use one kept-alive connection', async () => {
    const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ports = [];
    for (let round = 0; round < 4; round += 1) {
      const answer = await exchange(`${url}/api/v2/me`, { agent: keepAlive, headers: { Authorization: basic(agent) } });
      ports.push(answer.localPort);
    }
    keepAlive.destroy();
    same(new Set(ports).size, 1, 'one connection');
  });

  await check('Expect: 100-continue on a REST POST', async () => {
    const answer = await exchange(`${url}/api/v2/me/channels/chat`, {
      method: 'POST', expect100: true, body: { operationName: 'NotReady' }, headers: { Authorization: basic(agent) },
    });
    same([answer.status, answer.continued, envelope(answer, 'POST').statusCode], [200, true, 0], 'interim and final answer');
  });

  await check('a content type with charset, and a body sent in chunks', async () => {
    const answer = await post('/me/channels/chat', Buffer.from('{"operationName":"NotReady"}'), { 'Content-Type': 'application/json; charset=UTF-8' });
    same([answer.status, envelope(answer, 'POST').statusCode], [200, 0], 'charset');
    const chunked = await new Promise((resolve, reject) => {
      const request = http.request(`${url}/api/v2/me/channels/chat`, { method: 'POST', headers: { Authorization: basic(agent), 'Content-Type': 'application/json' } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      request.on('error', reject);
      request.write('{"operationName":');
      request.end('"NotReady"}');
    });
    same(chunked, 200, 'a chunked body');
  });

  await check('every uri of GET /me?subresources=* answers GET', async () => {
    const user = await desk.me();
    const links = [user, ...user.devices, ...user.features, ...(user.groups ?? []), ...(user.skills ?? [])].map(({ uri }) => uri).filter(Boolean);
    expect(links.length > 1, 'there are links', links);
    for (const link of new Set(links)) {
      const { pathname, search } = new URL(link);
      const answer = await exchange(url + pathname + search, { headers: { Authorization: basic(agent) } });
      same([answer.status, envelope(answer, link).statusCode], [200, 0], link);
    }
  });
}
