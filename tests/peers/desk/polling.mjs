// When connects return, what they carry, and how clients come back after they were forgotten or cut off.

import { Wire } from '../lib/bayeux.mjs';
import { Jar } from '../lib/http.mjs';
import { expect, same, sleep } from '../lib/expect.mjs';
import { toggled } from './identity.mjs';

export const title = 'polling';

const onChannels = ({ channel }) => channel === '/v2/me/channels';

export async function run({ check, url, agent, desk, slow }) {
  const open = async (extra, options) => {
    const wire = new Wire(url, agent, options);
    await wire.handshake(extra);
    await wire.subscribe('/v2/me/*');
    return wire;
  };

  await check('the first connect is answered at once, without advice in the request', async () => {
    const wire = await open();
    const reply = await wire.connect();
    expect(reply.successful && reply.ms < 1000, 'at once', reply);
    await wire.disconnect();
  });

  await check('advice.timeout 0 is answered at once, 1500 after at most 1.5 s', async () => {
    const wire = await open();
    await wire.connect();
    const now = await wire.connect({ advice: { timeout: 0 } });
    expect(now.ms < 500 && now.advice?.reconnect === 'retry', 'at once, with advice', now);
    const held = await wire.connect({ advice: { timeout: 1500 } });
    expect(held.successful && held.ms > 1200 && held.ms < 2000, 'held 1.5 s', held.ms);
    await wire.disconnect();
  });

  await check('an event ends a held connect: event first, reply last', async () => {
    const wire = await open();
    await wire.connect();
    const held = wire.replies([{ channel: '/meta/connect', id: 'h', clientId: wire.clientId, connectionType: 'long-polling' }]);
    await sleep(300);
    await desk.operate('/me/channels/chat', 'Ready');
    const replies = await held;
    await desk.operate('/me/channels/chat', 'NotReady');
    expect(replies.ms < 2000 && replies.events.length > 0, 'woken', replies.all);
    same([replies.all.at(-1).channel, replies.all.at(-1).id], ['/meta/connect', 'h'], 'the reply comes last');
    await wire.disconnect();
  });

  await check('while a connect is held, other requests of the session are answered', async () => {
    const wire = await open();
    await wire.connect();
    const held = wire.connect();
    await sleep(200);
    const reply = await wire.reply({ channel: '/meta/subscribe', id: 'x', clientId: wire.clientId, subscription: '/v2/me/other' });
    expect(reply.successful && reply.ms < 1000, 'subscribe beside the held connect', reply);
    const gone = await wire.disconnect();
    expect(gone.successful, 'disconnect', gone);
    const released = await held;
    expect(released.ms < 3000 && released.advice?.reconnect === 'none', 'the held connect is released with reconnect none', released);
  });

  await check('402 with advice handshake; after a new handshake work goes on without a new contact-centre session', async () => {
    await desk.operate('/me/channels/chat', 'NotReady');
    const wire = await open();
    const live = wire.clientId;
    wire.clientId = 'no-such-client';
    const forgotten = await wire.connect();
    expect(forgotten.successful === false && /^402:/.test(forgotten.error), '402', forgotten);
    same([forgotten.advice?.reconnect, forgotten.advice?.interval ?? 0], ['handshake', 0], 'advice');
    const lost = await wire.reply({ channel: '/meta/subscribe', id: 'l', clientId: 'no-such-client', subscription: '/v2/me/*' });
    expect(lost.successful === false && /^402:/.test(lost.error), 'subscribe is 402 too', lost);
    await wire.handshake();
    expect(wire.clientId !== live, 'a new clientId', wire.clientId);
    await wire.subscribe('/v2/me/*');
    const { channels } = await desk.get('/me/channels?fields=*');
    same(channels.find(({ channel }) => channel === 'chat').userState.state, 'NotReady', 'the agent is as they were');
    await toggled(desk, wire);
    await wire.disconnect();
  });

  await check('a client that starts its session first and listens after hears the result of the start', async () => {
    await desk.operate('/me', 'EndContactCenterSession');
    await desk.operate('/me', 'StartContactCenterSession', { channels: ['chat'] });
    await sleep(500);
    const wire = await open();
    await wire.until('device or channel state', ({ data }) => /^(Device|Channel)StateChangeMessage/.test(data.messageType), 4000);
    await wire.disconnect();
  });

  await check('two sessions in one browser: the second is told so and not held', async () => {
    const jar = new Jar();
    const one = await open({}, { jar });
    await one.connect();
    const two = await open({}, { jar });
    await two.connect();
    const held = one.connect();
    await sleep(300);
    const reply = await two.connect();
    expect(reply.ms < 2500, 'the second connect is not held', reply.ms);
    expect(reply.advice?.['multiple-clients'] === true && reply.advice.interval > 0, 'advice multiple-clients', reply.advice);
    await Promise.all([one.disconnect(), held]);
    await two.disconnect();
  });

  await check('acknowledgements: an old number brings the same events again, the latest none', async () => {
    const wire = await open({ ext: { ack: true } });
    const first = await wire.connect({ ext: { ack: 0 } });
    expect(Number.isInteger(first.ext?.ack), 'every connect reply has ext.ack', first);
    await desk.operate('/me/channels/chat', 'Ready');
    await desk.operate('/me/channels/chat', 'NotReady');
    const collect = async (ack, wanted) => {
      let [heard, number] = [[], ack];
      for (let round = 0; round < 4 && heard.length < wanted; round += 1) {
        const reply = await wire.connect({ ext: { ack: number }, advice: { timeout: 1000 } });
        heard = [...heard, ...reply.events.filter(onChannels).map(({ data }) => data.channels)];
        expect(reply.ext.ack >= number, 'ext.ack grows', reply.ext);
        number = reply.ext.ack;
      }
      return { heard, number };
    };
    const once = await collect(first.ext.ack, 2);
    same(once.heard.length, 2, 'both events');
    const again = await collect(first.ext.ack, 2);
    same(again.heard, once.heard, 'the same events again, in order');
    const none = await wire.connect({ ext: { ack: again.number }, advice: { timeout: 300 } });
    same(none.events.filter(onChannels), [], 'nothing after the latest number');
    await wire.disconnect();
  });

  await check('without the extension no reply has ext.ack', async () => {
    const wire = await open({ ext: { ack: false } });
    const reply = await wire.connect();
    expect(reply.ext?.ack === undefined, 'no ext.ack', reply);
    await wire.disconnect();
  });

  await check('a connect whose TCP connection dies does not take the session with it', async () => {
    const wire = await open({ ext: { ack: true } });
    const { ext } = await wire.connect({ ext: { ack: 0 } });
    const cut = wire.connect({ ext: { ack: ext.ack } }, { timeout: 400 }).catch(() => 'cut');
    same(await cut, 'cut', 'the poll was cut');
    await desk.operate('/me/channels/chat', 'Ready');
    await desk.operate('/me/channels/chat', 'NotReady');
    const back = await wire.connect({ ext: { ack: ext.ack }, advice: { timeout: 2000 } });
    expect(back.successful && back.events.some(onChannels), 'the event is there on return', back);
    await wire.disconnect();
  });

  if (slow) {
    await check('an idle client is connected after 75 s', async () => {
      const wire = await open();
      await wire.connect();
      for (const end = Date.now() + 75000; Date.now() < end; ) same((await wire.connect({}, { timeout: 60000 })).successful, true, 'idle connect');
      await toggled(desk, wire);
      await wire.disconnect();
    });
  }
}
