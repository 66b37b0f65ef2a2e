// An agent at work: logged in, listening, with a chat session started but not ready.

import { eventually, expect, same } from './expect.mjs';
import { listen } from './listen.mjs';
import { Desk } from './rest.mjs';

/**
 * Seats one agent in the order of the sample clients: REST login, handshake, all subscriptions, session.
 * Logging out is left to `later`. Answers `{desk, ear, user, state}`.
 */
export async function seat({ url, endpoint, client, transport, ack, topics, auth, agent }, later) {
  const desk = new Desk(url, agent);
  const user = await desk.me();
  expect(desk.cookie !== '', 'the first authenticated answer sets a session cookie');
  later(() => desk.leave());
  const ear = await listen({
    client, transport, ack, agent, auth, cookie: desk.cookie, endpoint: endpoint ?? `${desk.base}/api/v2/notifications`,
  });
  later(() => ear.disconnect());
  const handshake = await ear.handshake();
  if (ack) expect(handshake.ext?.ack === true || handshake.ext?.ack?.enabled === true, 'the server takes the ack extension up', handshake);
  await ear.subscribe(topics);

  await desk.operate('/me', 'StartContactCenterSession', { channels: ['chat'] });
  const state = (operation) => become(desk, ear, operation);
  await state('NotReady');
  return { desk, ear, user, state };
}

/** Sets the state of the chat channel and waits for its notification and for GET to agree. */
async function become(desk, ear, operation) {
  const before = await chatState(desk);
  const from = ear.here;
  await desk.operate('/me/channels/chat', operation);
  if (before !== operation) {
    const event = await ear.next(`channel chat ${operation}`, (heard) => entry(heard)?.userState?.state === operation, { from });
    same(event.data.messageType, 'ChannelStateChangeMessageV2', 'messageType on /v2/me/channels');
  }
  await eventually(async () => (await chatState(desk)) === operation, `${desk.agent.name} is ${operation} on chat`);
}

const entry = ({ channel, data }) => channel === '/v2/me/channels' && Array.isArray(data?.channels) && data.channels.find(({ channel: name }) => name === 'chat');

async function chatState(desk) {
  const { channels } = await desk.get('/me/channels?fields=*');
  expect(Array.isArray(channels), 'GET /me/channels?fields=* has channels', channels);
  return channels.find(({ channel }) => channel === 'chat')?.userState?.state;
}
