#!/usr/bin/env node
// One chat from the customer's request to the last line in the feed, heard through an unmodified client.

import { agents, flags } from './lib/args.mjs';
import { about, byType, checkChatEvent, log, note } from './lib/chat.mjs';
import { Customer } from './lib/customer.mjs';
import { eventually, expect, isStrings, same, scenario, sleep } from './lib/expect.mjs';
import { checkDisposition, dispositionsOf } from './lib/feed.mjs';
import { clients, habits, subscriptions } from './lib/listen.mjs';
import { seat } from './lib/seat.mjs';
import { takeTurn } from './lib/turn.mjs';

const flag = flags({
  client: 'cometd9', transport: 'long-polling', ack: 'on', url: 'http://127.0.0.1:8080',
  agents: 'agent1@demo,agent2@demo', subscribe: 'habit', second: 'same', auth: 'basic,cookie',
});
const ack = flag.ack === 'on';
const [one, two] = agents(flag.agents);
const [authOne, authTwo = authOne] = flag.client === 'faye' ? ['basic'] : flag.auth.split(',');
const secondClient = flag.second === 'same' ? flag.client : flag.second;

await scenario('walk', 60, async (step, later) => {
  step('flags');
  expect(clients.includes(flag.client), `--client is one of ${clients.join(', ')}`, flag.client);
  const topics = subscriptions[flag.subscribe === 'habit' ? habits[flag.client] : flag.subscribe];
  const common = { url: flag.url, transport: flag.transport, ack, topics };

  step('both agents log in, listen and start their sessions');
  const first = await seat({ ...common, client: flag.client, auth: authOne, agent: one }, later);
  const second = await seat({ ...common, client: secondClient, auth: authTwo, agent: two, ack: ack && secondClient !== 'faye' }, later);
  same(await first.ear.transport(), flag.transport, 'the client uses the transport asked for');

  step('the first agent is ready, alone');
  const release = await takeTurn(flag.url);
  later(release);
  await first.state('Ready');

  step('a customer asks for a chat');
  const mark = `walk-${process.pid}-${Date.now()}`;
  const customer = new Customer(flag.url);
  const opened = await customer.request({ nickname: 'Ines', subject: 'Invoice 17', 'userData[Walk]': mark, 'userData[CustomerSegment]': 'Gold' });
  same(opened.messages.map(({ type, from }) => [type, from.type, from.nickname]), [['ParticipantJoined', 'Client', 'Ines']], 'the first transcript');
  later(() => customer.post('disconnect')); // a chat of a failed walk must not wait for the next one
  const id = customer.chatId;
  const chat = `/me/chats/${id}`;

  step('the first agent is invited before they hear anything else');
  const invited = await first.ear.next('first event of the chat', about(id));
  checkChatEvent(invited);
  same([invited.data.messageType, invited.data.notificationType, invited.data.chat.state], ['ChatStateChangeMessage', 'StatusChange', 'Invited'], 'the first event of a new chat');
  expect(!('referenceId' in invited.data), 'an offer has no referenceId', invited.data);
  same([...invited.data.chat.capabilities].sort(), ['Accept', 'Reject'], 'capabilities of an offer');
  same([invited.data.chat.userData.Walk, invited.data.chat.userData.CustomerSegment], [mark, 'Gold'], "the customer's data reach the agent");

  step('the first agent accepts');
  const accepted = await accept(first, id, 'Tom');
  await first.state('NotReady');
  release();
  const history = accepted.messages;
  same(history.map(({ type, from }) => [type, from.type]), [['ParticipantJoined', 'Customer'], ['ParticipantJoined', 'Agent']], 'the whole transcript up to the agent joining');
  same(history[0].index, 1, 'the transcript begins with index 1');
  expect(history[1].from.uri.endsWith(`/users/${first.user.id}`), "the agent's own messages are known by from.uri", history[1].from);

  step('they talk');
  let from = first.ear.here;
  await customer.send('Where is my invoice? Ünïcödé 🙂');
  const heard = checkChatEvent(await first.ear.next('the customer speaks', log(id, ({ type }) => type === 'Text'), { from }));
  const said = heard.data.messages.at(-1);
  same([said.text, said.from.type, said.from.nickname], ['Where is my invoice? Ünïcödé 🙂', 'Customer', 'Ines'], "the customer's words");
  from = first.ear.here;
  await first.desk.operate(chat, 'SendMessage', { text: 'One moment please' });
  const own = checkChatEvent(await first.ear.next('their own words', log(id, ({ text }) => text === 'One moment please'), { from }));
  expect(own.data.messages[0].from.uri.endsWith(`/users/${first.user.id}`), 'agents hear their own words', own.data.messages);
  const read = await customer.refresh();
  same(read.messages.filter(({ type }) => type === 'Message').map(({ text, from: who }) => [text, who.type, who.nickname]).at(-1), ['One moment please', 'Agent', 'Tom'], 'the customer reads a Message');
  expect(customer.messages.some(({ type, from: who }) => type === 'ParticipantJoined' && who.type === 'Agent'), 'the customer saw the agent join', customer.messages);

  step('the first agent transfers to the second');
  const releaseAgain = await takeTurn(flag.url);
  later(releaseAgain);
  await second.state('Ready');
  from = first.ear.here;
  const transfer = await first.desk.operate(chat, 'Transfer', { targetUri: second.user.uri });
  const offered = checkChatEvent(await second.ear.next('first event of the transferred chat', about(id)));
  same([offered.data.notificationType, offered.data.chat.state], ['StatusChange', 'Invited'], "the second agent's first event");

  step('the second agent accepts');
  const taken = await accept(second, id, 'Ana');
  expect(taken.messages.some(({ text }) => text === 'One moment please'), 'the second agent gets the history', taken.messages);
  same(taken.messages[0].index, 1, 'from the beginning');

  step('the first agent is done with it');
  const gone = checkChatEvent(await first.ear.next('Completed after Transfer', note(id, 'StatusChange', 'Completed'), { from }));
  references(transfer, gone, 'Transfer');
  same(gone.data.chat.capabilities, [], 'nothing can be done with a completed chat');
  const rest = first.ear.events.slice(gone.position + 1).filter(about(id));
  same(rest, [], 'nothing follows Completed');
  await eventually(async () => {
    await customer.refresh();
    return customer.messages.some(({ type, from: who }) => type === 'ParticipantLeft' && who.nickname === 'Tom');
  }, 'the customer sees the first agent leave');

  step('the second agent sets a disposition');
  from = second.ear.here;
  await second.desk.dispose(chat, 'IssueResolved', { dispositionKey: 'DispositionCode' });
  const disposed = checkChatEvent(await second.ear.next('PropertiesUpdated', note(id, 'PropertiesUpdated'), { from }));
  expect(Number.isInteger(disposed.data.referenceId), 'the notification has the referenceId of its cause', disposed.data);
  same([disposed.data.chat.state, disposed.data.chat.userData.DispositionCode, disposed.data.chat.userData.Walk], ['Chatting', 'IssueResolved', mark], 'whole user data with the disposition');

  step('and completes');
  from = second.ear.here;
  const complete = await second.desk.operate(chat, 'Complete');
  const completed = checkChatEvent(await second.ear.next('Completed', note(id, 'StatusChange', 'Completed'), { from }));
  references(complete, completed, 'Complete');
  same(completed.data.chat.userData.DispositionCode, 'IssueResolved', 'the disposition travels with Complete');

  step('a late disposition is accepted in silence');
  await second.desk.dispose(chat, 'Referred');
  await second.state('NotReady');
  await sleep(300);
  same(second.ear.events.slice(completed.position + 1).filter(about(id)), [], 'no notification after Completed');
  releaseAgain();

  step('the feed has both dispositions');
  const dispositions = await dispositionsOf(flag.url, id, 2);
  same(dispositions.length, 2, 'there are two disposition events');
  checkDisposition(dispositions[0], { agent: two.name, phase: 'live', via: 'SetDisposition', key: 'DispositionCode', value: 'IssueResolved', previous: null });
  checkDisposition(dispositions[1], { agent: two.name, phase: 'released', via: 'SetDisposition', key: 'DispositionCode', value: 'Referred', previous: 'IssueResolved' });

  step('the customer sees that it is over');
  const over = await customer.refresh();
  same([over.statusCode, over.chatEnded], [0, true], 'refresh after the end');

  step('everybody goes home');
  for (const ear of [first.ear, second.ear]) ear.events.filter(({ channel }) => channel === '/v2/me/chats').forEach(checkChatEvent);
  return { client: flag.client, second: secondClient, transport: flag.transport, ack, auth: `${authOne},${authTwo}`, chat: id, events: first.ear.events.length + second.ear.events.length };
});

/** Accepts an offer and checks the three notes that follow, in their order; answers the transcript. */
async function accept({ desk, ear, user }, id, nickname) {
  const from = ear.here;
  const answer = await desk.operate(`/me/chats/${id}`, 'Accept', { nickname });
  const status = checkChatEvent(await ear.next('Chatting', note(id, 'StatusChange', 'Chatting'), { from }));
  const parties = checkChatEvent(await ear.next('ParticipantsUpdated', note(id, 'ParticipantsUpdated', 'Chatting'), { from }));
  const spoken = checkChatEvent(await ear.next('MessageLogUpdated', log(id, ({ type, from: who }) => type === 'ParticipantJoined' && who.nickname === nickname), { from }));
  references(answer, status, 'Accept');
  expect(status.position < parties.position && parties.position < spoken.position, 'StatusChange, ParticipantsUpdated, MessageLogUpdated in this order', [status, parties, spoken].map(({ position }) => position));
  const { Agent = [], Customer: customers = [] } = byType(parties.data.chat.participants);
  same(customers.map((party) => party.nickname), ['Ines'], 'the customer is a participant');
  expect(Agent.some((party) => party.nickname === nickname && party.uri.endsWith(`/users/${user.id}`)), 'the agent is a participant', Agent);
  const { capabilities } = parties.data.chat;
  expect(isStrings(capabilities) && ['Transfer', 'Complete', 'Leave', 'SendMessage', 'SetDisposition', 'SetInFocus'].every((name) => capabilities.includes(name)), 'capabilities of a running chat', capabilities);
  const own = spoken.data.messages.at(-1);
  same([own.type, own.from.nickname], ['ParticipantJoined', nickname], "the transcript ends with the agent's own joining");
  return spoken.data;
}

/** The event carries the referenceId of the operation that caused it. */
function references(answer, event, operation) {
  expect(Number.isInteger(event.data.referenceId), `the event of ${operation} has a referenceId`, event.data);
  if ('referenceId' in answer) same(event.data.referenceId, answer.referenceId, `the referenceId of ${operation}`);
}
