// Bayeux messages in every form that clients send them.

import { Wire } from '../lib/bayeux.mjs';
import { expect, same } from '../lib/expect.mjs';
import { toggled } from './identity.mjs';

export const title = 'Bayeux messages';

export async function run({ check, url, agent, desk }) {
  const hello = (extra = {}) => ({ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'], ...extra });

  await check('the path below the endpoint does not matter', async () => {
    for (const path of ['', '/', '/handshake', '/connect', '/subscribe', '/unsubscribe', '/disconnect']) {
      const wire = new Wire(url, agent);
      await wire.handshake({}, { path });
      same((await wire.reply({ channel: '/meta/subscribe', id: '2', clientId: wire.clientId, subscription: '/v2/me/*' }, { path })).successful, true, `subscribe on ${path}`);
      same((await wire.reply({ channel: '/meta/connect', id: '3', clientId: wire.clientId, connectionType: 'long-polling' }, { path })).successful, true, `connect on ${path}`);
      same((await wire.reply({ channel: '/meta/disconnect', id: '4', clientId: wire.clientId }, { path })).successful, true, `disconnect on ${path}`);
    }
  });

  await check('the handshake reply has version, connection types, clientId and advice', async () => {
    const reply = await new Wire(url, agent).handshake();
    same([reply.version, reply.advice?.reconnect, reply.id], ['1.0', 'retry', '1'], 'version, advice, id');
    expect(reply.supportedConnectionTypes.includes('long-polling') && reply.supportedConnectionTypes.includes('websocket'), 'supportedConnectionTypes', reply);
    expect(reply.advice.timeout > 0 && reply.advice.interval === 0, 'advice.timeout and advice.interval', reply.advice);
  });

  const lenient = {
    'without version and minimumVersion': { version: undefined },
    'with minimumVersion 0.9': { minimumVersion: '0.9' },
    'with client advice': { advice: { timeout: 60000, interval: 0 } },
    'without supportedConnectionTypes': { supportedConnectionTypes: undefined },
    'with a clientId of null': { clientId: null },
    'with an unknown ext': { ext: { vendor: { a: 1 } } },
  };
  for (const [words, extra] of Object.entries(lenient)) {
    await check(`a handshake ${words} succeeds`, () => new Wire(url, agent).handshake(extra));
  }

  await check('a single object is answered with an array; without id the reply has none', async () => {
    const [reply] = await new Wire(url, agent).replies(hello());
    expect(reply.successful === true && !('id' in reply), 'no id', reply);
  });

  await check('no message of a session needs an id', async () => {
    const wire = new Wire(url, agent);
    await wire.handshake({ id: undefined });
    const messages = [
      { channel: '/meta/subscribe', clientId: wire.clientId, subscription: '/v2/me/*' },
      { channel: '/meta/connect', clientId: wire.clientId, connectionType: 'long-polling' },
      { channel: '/meta/disconnect', clientId: wire.clientId },
    ];
    for (const message of messages) {
      const reply = await wire.reply(message);
      expect(reply.successful === true && !('id' in reply) && !('clientId' in reply), `${message.channel} without id`, reply);
    }
  });

  await check('a numeric id is echoed', async () => {
    expect(String((await new Wire(url, agent).handshake({ id: 7 })).id) === '7', 'id 7');
  });

  for (const type of ['text/plain', 'text/json;charset=UTF-8', 'application/json; charset=utf-8']) {
    await check(`content type ${type} is read as JSON`, () => new Wire(url, agent).handshake({}, { headers: { 'Content-Type': type } }));
  }

  await check('no content type at all is read as JSON', async () => {
    const answer = await new Wire(url, agent).post(JSON.stringify([hello()]));
    same([answer.status, answer.json?.[0].successful], [200, true], 'handshake');
    expect(/^application\/json/.test(answer.headers['content-type']), 'the answer is application/json', answer.headers);
  });

  await check('Expect: 100-continue on a Bayeux POST', async () => {
    const answer = await new Wire(url, agent).post([hello()], { expect100: true });
    same([answer.status, answer.continued, answer.json[0].successful], [200, true, true], 'interim and final answer');
  });

  await check('several messages in one array get several replies in order, in one response', async () => {
    const wire = new Wire(url, agent);
    await wire.handshake();
    const topics = ['/v2/me/devices', '/v2/me/channels', '/v2/me/calls', '/v2/me/chats', '/v2/me/emails', '/v2/me/no-such-topic', '/notifications/services'];
    const replies = await wire.replies(topics.map((subscription, at) => ({ channel: '/meta/subscribe', id: `t${at}`, clientId: wire.clientId, subscription })));
    same(replies.map(({ id, successful, subscription }) => [id, successful, subscription]), topics.map((topic, at) => [`t${at}`, true, topic]), 'replies');
    await wire.disconnect();
  });

  await check('an array of subscriptions in one message', async () => {
    const wire = new Wire(url, agent);
    await wire.handshake();
    same((await wire.subscribe(['/v2/me/channels', '/v2/me/chats'])).subscription, ['/v2/me/channels', '/v2/me/chats'], 'the reply echoes the array');
    await toggled(desk, wire);
    await wire.disconnect();
  });

  await check('subscriptions to a topic, to /v2/me/* and to /** deliver one copy', async () => {
    const wire = new Wire(url, agent);
    await wire.handshake();
    for (const topic of ['/v2/me/channels', '/v2/me/*', '/**']) await wire.subscribe(topic);
    await wire.connect();
    // A session opened right after the agent's login starts before it; that is not what is looked at here.
    await wire.connect({ advice: { timeout: 0 } });
    wire.events.length = 0;
    await toggled(desk, wire);
    await wire.connect({ advice: { timeout: 300 } });
    const states = wire.events.filter(({ channel }) => channel === '/v2/me/channels').map(({ data }) => data.channels.find(({ channel }) => channel === 'chat').userState.state);
    same(states, ['Ready', 'NotReady'], 'one event for each change');
    await wire.disconnect();
  });

  await check('publishing is refused with 403, meta channels cannot be subscribed', async () => {
    const wire = new Wire(url, agent);
    await wire.handshake();
    const published = await wire.reply({ channel: '/v2/me/chats', id: 'p', clientId: wire.clientId, data: { messageType: 'Forged' } });
    expect(published.successful === false && /^403:/.test(published.error), 'publish', published);
    const meta = await wire.reply({ channel: '/meta/subscribe', id: 'm', clientId: wire.clientId, subscription: '/meta/connect' });
    expect(meta.successful === false && /^403:/.test(meta.error), 'subscribe /meta/connect', meta);
    await wire.disconnect();
  });

  await check('broken JSON is HTTP 400 and hurts no session', async () => {
    const wire = new Wire(url, agent);
    await wire.handshake();
    same((await wire.post('[{"channel":', { headers: { 'Content-Type': 'application/json' } })).status, 400, 'broken JSON');
    same((await wire.connect()).successful, true, 'the session goes on');
    await wire.disconnect();
  });
}
