// Who is asking: Basic everywhere, cookies only, browsers from other origins.

import http from 'node:http';
import { Jar, basic, exchange } from '../lib/http.mjs';
import { Wire } from '../lib/bayeux.mjs';
import { expect, isText, same } from '../lib/expect.mjs';
import { envelope } from '../lib/rest.mjs';

export const title = 'identity';

export async function run({ check, url, agent, desk }) {
  await check('cookies only: one authenticated GET, then REST and Bayeux with nothing but the session cookie', async () => {
    const jar = new Jar();
    await exchange(`${url}/api/v2/me?subresources=*`, { jar, headers: { Authorization: basic(agent) } });
    const read = await exchange(`${url}/api/v2/me`, { jar });
    same([read.status, envelope(read, 'GET /me').user?.userName], [200, agent.name], 'GET by cookie');
    const posted = await exchange(`${url}/api/v2/me/channels/chat`, { method: 'POST', jar, body: { operationName: 'NotReady' } });
    same([posted.status, envelope(posted, 'POST').statusCode], [200, 0], 'POST by cookie, without a CSRF token');
    const wire = new Wire(url, agent, { auth: false, jar });
    await wire.handshake();
    await wire.subscribe('/v2/me/*');
    await toggled(desk, wire);
    await wire.disconnect();
  });

  await check('Basic everywhere with separate jars: the Bayeux session belongs to the user of its handshake', async () => {
    const wire = new Wire(url, agent);
    await wire.handshake();
    await wire.subscribe('/v2/me/*');
    await toggled(desk, wire);
    expect(desk.cookie !== wire.jar.header, 'the jars are separate', [desk.cookie, wire.jar.header]);
    await wire.disconnect();
  });

  await check("another agent's credentials do not reach this Bayeux session", async () => {
    const wire = new Wire(url, agent);
    await wire.handshake();
    const [name, domain] = agent.name.split('@');
    const thief = new Wire(url, { name: `${name === 'agent1' ? 'agent2' : 'agent1'}@${domain}`, password: agent.password });
    thief.clientId = wire.clientId;
    const reply = await thief.connect({ advice: { timeout: 0 } });
    expect(reply.successful === false && /^40[23]:/.test(reply.error), 'refused', reply);
    await wire.disconnect();
  });

  await check('a handshake without credentials is refused', async () => {
    const answer = await new Wire(url, agent, { auth: false }).post([{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] }]);
    const refused = answer.status === 403 || (Array.isArray(answer.json) && answer.json[0].successful === false && /^403:/.test(answer.json[0].error));
    expect(refused, 'HTTP 403 or an unsuccessful reply with 403', [answer.status, answer.text]);
  });

  await check('Basic on every request does not cost a password hash each', async () => {
    const started = Date.now();
    for (let round = 0; round < 50; round += 1) await exchange(`${url}/api/v2/me`, { headers: { Authorization: basic(agent) } });
    expect(Date.now() - started < 2500, '50 requests within 2.5 s', Date.now() - started);
  });

  await check('a preflight needs no credentials, and the origin is never *', async () => {
    const origin = 'http://desktop.example:9000';
    for (const path of ['/api/v2/me', '/api/v2/notifications', '/api/v2/notifications/connect']) {
      const answer = await exchange(url + path, {
        method: 'OPTIONS',
        headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type,x-csrf-token' },
      });
      expect(answer.status === 200 || answer.status === 204, `OPTIONS ${path} without credentials`, [answer.status, answer.text]);
      exact(answer, origin);
      exact(await exchange(url + path, { headers: { Origin: origin, Authorization: basic(agent) } }), origin);
    }
  });

  await check('a WebSocket from a foreign origin is refused, from the same one accepted', async () => {
    same(await upgrade(url, agent, 'http://evil.example'), 403, 'foreign origin');
    same(await upgrade(url, agent, new URL(url).origin), 101, 'same origin');
    same(await upgrade(url, agent), 101, 'no origin at all');
  });
}

/** Causes one channel event and waits until this Bayeux client hears it. */
export async function toggled(desk, wire) {
  await desk.operate('/me/channels/chat', 'Ready');
  await desk.operate('/me/channels/chat', 'NotReady');
  const event = await wire.until('channel state', ({ channel }) => channel === '/v2/me/channels');
  expect(isText(event.data.messageType) && Array.isArray(event.data.channels) && !('clientId' in event), 'a channel event', event);
}

function exact({ headers }, origin) {
  const allowed = headers['access-control-allow-origin'];
  if (allowed === undefined) return;
  same([allowed, headers['access-control-allow-credentials']], [origin, 'true'], 'the exact origin, with credentials');
}

function upgrade(url, agent, origin) {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: basic(agent), Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.from('jackfield-peers!').toString('base64'), ...(origin ? { Origin: origin } : {}),
    };
    const request = http.request(`${url}/api/v2/notifications`, { headers });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end();
  });
}
