#!/usr/bin/env node
// With the ack extension nothing is lost: a quarter of all replies is destroyed, every note arrives once, in order.

import { agents, flags } from './lib/args.mjs';
import { about, checkChatEvent, note } from './lib/chat.mjs';
import { Customer } from './lib/customer.mjs';
import { eventually, expect, same, scenario, show, sleep } from './lib/expect.mjs';
import { subscriptions } from './lib/listen.mjs';
import { lossyProxy } from './lib/proxy.mjs';
import { seat } from './lib/seat.mjs';
import { takeTurn } from './lib/turn.mjs';

const flag = flags({
  client: 'cometd9', transport: 'long-polling', ack: 'on', url: 'http://127.0.0.1:8080', agents: 'agent3@demo',
  notes: '300', rate: '25', share: '0.25', seed: '1897', seconds: '120',
});
const [agent] = agents(flag.agents);
const wanted = Number(flag.notes);

await scenario('cut', Number(flag.seconds), async (step, later) => {
  step('flags');
  expect(/^cometd\d$/.test(flag.client) && flag.ack === 'on', 'only the official clients with --ack on can promise this', [flag.client, flag.ack]);

  step('the agent listens through the proxy and talks past it');
  const proxy = await lossyProxy(flag.url, { share: Number(flag.share), seed: Number(flag.seed) });
  later(() => proxy.close());
  const { desk, ear, state } = await seat({
    url: flag.url, endpoint: `${proxy.url}/api/v2/notifications`, client: flag.client, transport: flag.transport,
    ack: true, topics: subscriptions.star, auth: 'basic', agent,
  }, later);

  step('the agent accepts a chat');
  const release = await takeTurn(flag.url);
  later(release);
  await state('Ready');
  const customer = new Customer(flag.url);
  await customer.request({ nickname: 'Ines', subject: 'Cut' });
  later(() => customer.post('disconnect'));
  const id = customer.chatId;
  await ear.next('the offer', about(id));
  await desk.operate(`/me/chats/${id}`, 'Accept', { nickname: 'Tom' });
  await ear.next('Chatting', note(id, 'StatusChange', 'Chatting'));
  await state('NotReady');
  release();

  step(`${wanted} notes are caused while replies are destroyed`);
  proxy.armed = true;
  const pause = 1000 / Number(flag.rate);
  for (let counter = 1; counter <= wanted; counter += 1) {
    const [answer] = await Promise.all([desk.operate(`/me/chats/${id}`, 'UpdateUserData', { userData: { Counter: counter } }), sleep(pause)]);
    same(answer.statusCode, 0, `update ${counter}`);
  }

  step('the application has seen every one, once and in order');
  const counters = () => ear.events.filter(note(id, 'PropertiesUpdated')).map(({ data }) => Number(data.chat.userData.Counter));
  await eventually(() => counters().includes(wanted), `note ${wanted}`, 30000).catch((error) => {
    throw Object.assign(error, { message: `${error.message}: ${fault(counters())}; ${show(proxyCounts(proxy))}` });
  });
  await sleep(1500);
  proxy.armed = false;
  const heard = counters();
  expect(heard.length === wanted && heard.every((counter, at) => counter === at + 1), `the ${wanted} notes arrive exactly once and in order: ${fault(heard)}`);
  ear.events.filter(about(id)).forEach(checkChatEvent);

  step('the replies really were destroyed');
  const bites = Math.min(20, Math.floor(wanted * Number(flag.share) * 0.25));
  expect(proxy.destroyed >= bites, `at least ${bites} replies were destroyed`, proxyCounts(proxy));
  const handshakes = ear.states.filter(({ kind }) => kind === 'handshake').length;
  same(handshakes, 1, 'the session outlived every cut without another handshake');
  same(await ear.transport(), flag.transport, 'the client stayed on its transport');

  await desk.operate(`/me/chats/${id}`, 'Complete');
  return {
    client: flag.client, transport: flag.transport, notes: wanted, ...proxyCounts(proxy),
    failedConnects: ear.states.filter(({ kind, successful }) => kind === 'connect' && !successful).length,
  };
});

function proxyCounts({ replies, destroyed }) {
  return { replies, destroyed };
}

/** Which counters are missing, doubled or out of order. */
function fault(heard) {
  const missing = [];
  for (let counter = 1; counter <= wanted; counter += 1) if (!heard.includes(counter)) missing.push(counter);
  const doubled = heard.filter((counter, at) => heard.indexOf(counter) !== at);
  const turned = heard.filter((counter, at) => at > 0 && counter < heard[at - 1]);
  return `heard ${heard.length}, missing ${show(missing)}, doubled ${show(doubled)}, out of order ${show(turned)}`;
}
