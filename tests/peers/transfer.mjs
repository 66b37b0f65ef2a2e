#!/usr/bin/env node
// Two agents hand a call over as deployed clients do: they read the calls of their user, follow the addresses that
// notifications name, and post what the sample clients post. The phones are somebody else's (`handover.py`), which
// reads on standard output how far this has come.

import { agents, flags } from './lib/args.mjs';
import { expect, same, scenario } from './lib/expect.mjs';
import { listen, habits, subscriptions } from './lib/listen.mjs';
import { Desk } from './lib/rest.mjs';

const flag = flags({ url: 'http://127.0.0.1:8080', client: 'cometd3', agents: 'agent1@demo,agent2@demo' });

/** An agent with a session on the phone, who listens as this client does. */
async function seat(agent, later) {
  const desk = new Desk(flag.url, agent);
  await desk.me();
  later(() => desk.leave());
  const ear = await listen({
    client: flag.client, transport: 'long-polling', ack: false, agent, endpoint: `${desk.base}/api/v2/notifications`,
  });
  later(() => ear.disconnect());
  await ear.handshake();
  await ear.subscribe(subscriptions[habits[flag.client]]);
  await desk.operate('/me', 'StartContactCenterSession', { channels: ['voice'] });
  return { desk, ear };
}

/** The next change of a call: the call itself, as the notification has it. */
async function hears({ ear }, state, wanted = () => true, from = 0, kind = 'StatusChange') {
  const fits = ({ channel, data }) => channel === '/v2/me/calls' && data.messageType === 'CallStateChangeMessage'
    && data.notificationType === kind && data.call.state === state && wanted(data.call);
  const { data: { call } } = await ear.next(`${kind} ${state}`, fits, { from, ms: 20000 });
  expect(Array.isArray(call.capabilities) && Array.isArray(call.participants), 'capabilities and participants are arrays', call);
  same(call.uri.split('/').pop(), call.id, 'call.id is the last segment of uri');
  return call;
}

/** Clients post to the address they were told, whole. */
const path = (uri) => new URL(uri).pathname.replace('/api/v2', '');

await scenario('transfer.mjs', 60, async (step, later) => {
  const [tom, ana] = await Promise.all(agents(flag.agents).map((agent) => seat(agent, later)));
  await ana.desk.operate('/me/channels/voice', 'NotReady');
  await tom.desk.operate('/me/channels/voice', 'Ready');
  console.log('ready');

  step('the call comes in');
  const main = await hears(tom, 'Ringing');
  await tom.desk.operate(path(main.uri), 'Answer');
  const talking = await hears(tom, 'Established', ({ id }) => id === main.id);
  expect(talking.capabilities.includes('InitiateTransfer'), 'InitiateTransfer is offered', talking.capabilities);

  step('InitiateTransfer');
  const from = tom.ear.here;
  const destination = { phoneNumber: '5002' };
  same(await tom.desk.operate(path(main.uri), 'InitiateTransfer', { destination }), { statusCode: 0 }, 'InitiateTransfer answers exactly');
  const held = await hears(tom, 'Held', ({ id }) => id === main.id, from);
  const consult = await hears(tom, 'Dialing', ({ callType }) => callType === 'Consult', from);
  expect(tom.ear.events.findIndex(({ data }) => data.call?.state === 'Held') < tom.ear.events.findIndex(({ data }) => data.call?.state === 'Dialing'),
    'the original is held before the consultation dials');
  same(consult.parentCallUri, main.uri, 'parentCallUri of the consultation');
  expect(!held.capabilities.includes('Retrieve'), 'Retrieve is not offered meanwhile', held.capabilities);

  step('the colleague answers');
  const asked = await hears(ana, 'Ringing', ({ callType }) => callType === 'Consult');
  await ana.desk.operate(path(asked.uri), 'Answer');
  await hears(ana, 'Established', ({ id }) => id === asked.id);
  const answered = await hears(tom, 'Established', ({ id }) => id === consult.id, from);
  expect(answered.capabilities.includes('CompleteTransfer'), 'CompleteTransfer is offered', answered.capabilities);
  const { calls } = await tom.desk.get('/me/calls/?fields=*');
  same(calls.map(({ id }) => id).sort(), [main.id, consult.id].sort(), 'the calls of the agent, as recovered');

  step('CompleteTransfer');
  const completed = await tom.desk.operate(path(consult.uri), 'CompleteTransfer', { consultCallUri: consult.uri });
  same(completed, { statusCode: 0 }, 'CompleteTransfer answers exactly');
  for (const { id } of [main, consult]) await hears(tom, 'Released', (call) => call.id === id, from);
  const theirs = await hears(ana, 'Established', ({ id }) => id === asked.id, 0, 'ParticipantsUpdated');
  same(theirs.callType, 'Inbound', 'the colleague has the customer');
  console.log('handed over');

  step('dispositions');
  const { devices } = await tom.desk.get('/me/devices?fields=*');
  // One shipped client posts it to its device, the documents to the call.
  await tom.desk.operate(`/me/devices/${devices[0].id}`, 'SetCallDisposition',
    { callUri: main.uri, callUuid: main.id, disposition: 'Referred' });
  await ana.desk.operate(path(asked.uri), 'SetCallDisposition', { disposition: 'IssueResolved' });
  await hears(ana, 'Released', ({ id }) => id === asked.id);
  return { client: flag.client };
});
