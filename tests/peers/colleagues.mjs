#!/usr/bin/env node
// One chat with several agents and a supervisor, each at an unmodified client: who is told what, what the customer reads, and
// what reporting gets.

import { agents, flags } from './lib/args.mjs';
import { Customer } from './lib/customer.mjs';
import { eventually, expect, same, scenario } from './lib/expect.mjs';
import { feed } from './lib/feed.mjs';
import { clients, habits, subscriptions } from './lib/listen.mjs';
import { seat } from './lib/seat.mjs';
import { Circle } from './lib/told.mjs';
import { takeTurn } from './lib/turn.mjs';

const flag = flags({
  clients: 'cometd3,cometd5,cometd9,cometd9', transport: 'long-polling', ack: 'on', url: 'http://127.0.0.1:8080',
  agents: 'agent1@demo,agent2@demo,agent3@demo,supervisor@demo', queue: 'Support',
});
const people = agents(flag.agents);
const names = ['Tom', 'Mei', 'Ana', 'Sasha'];

await scenario('colleagues', 90, async (step, later) => {
  step('flags');
  const used = flag.clients.split(',');
  expect(used.length === 4 && used.every((client) => clients.includes(client)), `--clients are four of ${clients.join(', ')}`, flag.clients);
  const release = await takeTurn(flag.url);
  later(release);

  step('three agents and a supervisor log in and listen');
  const circle = new Circle();
  for (const [at, client] of used.entries()) {
    const ack = flag.ack === 'on' && client !== 'faye';
    const topics = subscriptions[habits[client]];
    circle.add(names[at], await seat({ url: flag.url, transport: flag.transport, ack, topics, client, auth: 'basic', agent: people[at] }, later));
  }
  const [tom, mei, ana, sasha] = names.map((name) => circle.of(name));

  step('a customer asks for a chat, and the first agent takes it');
  await tom.state('Ready');
  const customer = new Customer(flag.url);
  await customer.request({ nickname: 'Ines', subject: 'Tariffs' });
  later(() => customer.post('disconnect'));
  const id = customer.chatId;
  const chat = `/me/chats/${id}`;
  const told = (wanted, words) => circle.told(id, wanted, words);
  /** What the customer reads, as their widget shows it. */
  const reads = async (wanted, words) => {
    await customer.refresh();
    same(customer.messages.map(({ type, from, text }) => [type, from.nickname, ...(text ? [text] : [])].join(' ')), wanted, `${words}: what the customer reads`);
  };
  const accepts = async (member, nickname) => {
    const offered = await circle.first(nickname, id);
    same([offered.data.notificationType, offered.data.chat.state, [...offered.data.chat.capabilities].sort()], ['StatusChange', 'Invited', ['Accept', 'Reject']], `the first that ${nickname} hears`);
    return member.desk.operate(chat, 'Accept', { nickname });
  };
  const refuses = async (member, operationName, more = {}) => {
    const answer = await member.desk.ask('POST', chat, { operationName, ...more });
    same([answer.status, answer.json.statusCode], [400, 2], `${operationName} by ${member.user.userName} is refused`);
  };
  await accepts(tom, 'Tom');
  await customer.send('Which tariff is mine?');
  const transcript = ['ParticipantJoined Ines', 'ParticipantJoined Tom', 'Message Ines Which tariff is mine?'];
  await told({
    Tom: ['StatusChange Invited []', 'StatusChange Chatting [Ines Tom]', 'ParticipantsUpdated Chatting [Ines Tom]', 'Ines ParticipantJoined for All', 'Tom ParticipantJoined for All', 'Ines Text Which tariff is mine? for All'],
  }, 'a talk of two');
  await tom.state('NotReady');

  step('the second is asked, and the customer sees nothing of it');
  await mei.state('Ready');
  await tom.desk.operate(chat, 'Consult', { targetUri: mei.user.uri });
  await accepts(mei, 'Mei');
  const asked = await told({
    Tom: ['ParticipantsUpdated Chatting [Ines Tom Mei*]', 'Mei ParticipantJoined for Agents'],
    Mei: ['StatusChange Invited []', 'StatusChange Chatting [Ines Tom Mei*]', 'ParticipantsUpdated Chatting [Ines Tom Mei*]', 'Ines ParticipantJoined for All', 'Tom ParticipantJoined for All', 'Ines Text Which tariff is mine? for All', 'Mei ParticipantJoined for Agents'],
  }, 'a colleague is asked');
  const gained = ['SendToAgents', 'SendStartTypingToAgentsNotification', 'RemoveParticipantFromConference'];
  const { capabilities } = asked.Tom[0].data.chat;
  expect(gained.every((word) => capabilities.includes(word)), 'the first agent may speak to agents', capabilities);
  const advisers = asked.Mei.find(({ data }) => data.notificationType === 'ParticipantsUpdated').data.chat.capabilities;
  expect(advisers.includes('SendToAgents') && !advisers.includes('SendMessage') && !advisers.includes('Complete'), 'who advises does not speak to the customer', advisers);
  await mei.desk.operate(chat, 'SendStartTypingToAgentsNotification');
  await mei.desk.operate(chat, 'SendToAgents', { text: 'It is tariff B' });
  await refuses(mei, 'SendMessage', { text: 'Good day' });
  await refuses(mei, 'Complete');
  const advice = ['Mei TypingStarted for Agents', 'Mei Text It is tariff B for Agents'];
  await told({ Tom: advice, Mei: advice }, 'advice');
  await reads(transcript, 'advice');
  await mei.state('NotReady');

  step('the third is invited through the queue and talks with the customer');
  await ana.state('Ready');
  await tom.desk.operate(chat, 'Invite', { queueName: flag.queue });
  await accepts(ana, 'Ana');
  const joined = ['ParticipantsUpdated Chatting [Ines Tom Mei* Ana]', 'Ana ParticipantJoined for All'];
  await told({
    Tom: joined,
    Mei: joined,
    Ana: ['StatusChange Invited []', 'StatusChange Chatting [Ines Tom Mei* Ana]', 'ParticipantsUpdated Chatting [Ines Tom Mei* Ana]', 'Ines ParticipantJoined for All', 'Tom ParticipantJoined for All', 'Ines Text Which tariff is mine? for All', 'Mei ParticipantJoined for Agents', 'Mei Text It is tariff B for Agents', 'Ana ParticipantJoined for All'],
  }, 'a colleague comes by the queue');
  await ana.desk.operate(chat, 'SendMessage', { text: 'Good day, I join you' });
  const greets = ['Ana Text Good day, I join you for All'];
  await told({ Tom: greets, Mei: greets, Ana: greets }, 'who was invited speaks');
  transcript.push('ParticipantJoined Ana', 'Message Ana Good day, I join you');
  await reads(transcript, 'who was invited speaks');
  await ana.state('NotReady');

  step('a supervisor monitors, and nobody is told');
  await sasha.desk.operate(`/users/${tom.user.id}/chats/${id}`, 'Intrude', { supervisorVisibilityMode: 'Monitor' });
  await accepts(sasha, 'Sasha');
  const history = ['Ines ParticipantJoined for All', 'Tom ParticipantJoined for All', 'Ines Text Which tariff is mine? for All', 'Mei ParticipantJoined for Agents', 'Mei Text It is tariff B for Agents', 'Ana ParticipantJoined for All', 'Ana Text Good day, I join you for All', 'Sasha ParticipantJoined for Supervisors'];
  const watching = '[Ines Tom Mei* Ana Sasha**]';
  await told({ Sasha: ['StatusChange Invited []', `StatusChange Chatting ${watching}`, `ParticipantsUpdated Chatting ${watching}`, ...history] }, 'a supervisor monitors');
  await refuses(sasha, 'SendMessage', { text: 'x' });

  step('they coach: agents hear it, the customer does not');
  await sasha.desk.operate(chat, 'SwitchToCoach');
  await sasha.desk.operate(chat, 'SendMessage', { text: 'Offer them a year of B' });
  const coaching = ['ParticipantsUpdated Chatting [Ines Tom Mei* Ana Sasha*]', 'Sasha ParticipantRejoined for Agents', 'Sasha Text Offer them a year of B for Agents'];
  await told({ Tom: coaching, Mei: coaching, Ana: coaching, Sasha: coaching }, 'a supervisor coaches');
  await reads(transcript, 'a supervisor coaches');

  step('they barge in, and the customer reads them');
  await sasha.desk.operate(chat, 'SwitchToBargeIn');
  await sasha.desk.operate(chat, 'SendMessage', { text: 'A year of B is yours' });
  const within = ['ParticipantsUpdated Chatting [Ines Tom Mei* Ana Sasha]', 'Sasha ParticipantRejoined for All', 'Sasha Text A year of B is yours for All'];
  await told({ Tom: within, Mei: within, Ana: within, Sasha: within }, 'a supervisor barges in');
  transcript.push('ParticipantJoined Sasha', 'Message Sasha A year of B is yours');
  await reads(transcript, 'a supervisor barges in');

  step('they step back, and are gone for everybody but themselves');
  await sasha.desk.operate(chat, 'SwitchToMonitor');
  const back = ['Sasha ParticipantLeft for All', 'ParticipantsUpdated Chatting [Ines Tom Mei* Ana]'];
  await told({ Tom: back, Mei: back, Ana: back, Sasha: ['Sasha ParticipantLeft for All', 'ParticipantsUpdated Chatting [Ines Tom Mei* Ana Sasha**]', 'Sasha ParticipantRejoined for Supervisors'] }, 'a supervisor steps back');
  transcript.push('ParticipantLeft Sasha');
  await reads(transcript, 'a supervisor steps back');

  step('the first agent leaves; the third answers for it');
  const leave = await tom.desk.operate(chat, 'Leave');
  const without = 'ParticipantsUpdated Chatting [Ines Mei* Ana]';
  const unseen = 'ParticipantsUpdated Chatting [Ines Mei* Ana Sasha**]';
  const left = [without, 'Tom ParticipantLeft for All', without];
  const parted = await told({ Tom: ['Tom ParticipantLeft for All', 'StatusChange Completed []'], Mei: left, Ana: left, Sasha: [unseen, left[1], unseen] }, 'the first leaves');
  same(parted.Tom.at(-1).data.referenceId, leave.referenceId, 'the referenceId of Leave');
  transcript.push('ParticipantLeft Tom');
  await reads(transcript, 'the first leaves');

  step('the third sets a disposition and completes');
  await ana.desk.dispose(chat, 'IssueResolved');
  const disposed = ['PropertiesUpdated Chatting [Ines Mei* Ana]'];
  const properties = await told({ Mei: disposed, Ana: disposed, Sasha: ['PropertiesUpdated Chatting [Ines Mei* Ana Sasha**]'] }, 'a disposition');
  for (const [nickname, { data }] of ['Mei', 'Ana', 'Sasha'].map((name) => [name, properties[name][0]])) {
    same([data.chat.userData.DispositionCode, 'referenceId' in data], ['IssueResolved', nickname === 'Ana'], `the disposition as ${nickname} hears it`);
  }
  await ana.desk.operate(chat, 'Complete');
  const end = ['Ana ParticipantLeft for All', 'Mei ParticipantLeft for Agents', 'Sasha ParticipantLeft for Supervisors'];
  await told({
    Mei: [...end.slice(0, 2), 'StatusChange Completed []'],
    Ana: [end[0], 'StatusChange Completed []'],
    Sasha: [...end, 'StatusChange Revoked []'],
  }, 'it is over');
  const over = await customer.refresh();
  same([over.statusCode, over.chatEnded], [0, true], 'the customer sees that it is over');

  step('the first sets a disposition of their own, late');
  await tom.desk.dispose(chat, 'Referred');
  await told({}, 'a late disposition');
  release();

  step('the feed has the way of everybody');
  const rows = await eventually(async () => {
    const found = (await feed(flag.url)).filter(({ data }) => data?.interactionId === id);
    return found.filter(({ type }) => type === 'jackfield.disposition').length === 2 && found;
  }, 'both dispositions are in the feed');
  same(way(rows), [
    'offered agent1@demo queue', 'accepted agent1@demo',
    'offered agent2@demo consult from agent1@demo', 'accepted agent2@demo',
    'requested agent1@demo invite', 'offered agent3@demo invite from agent1@demo', 'accepted agent3@demo',
    'offered supervisor@demo watch', 'accepted supervisor@demo',
    'visibility supervisor@demo agents', 'visibility supervisor@demo all', 'visibility supervisor@demo supervisors',
    'took-over agent3@demo from agent1@demo', 'party-closed agent1@demo Completed',
    'disposition agent3@demo IssueResolved live',
    'party-closed agent3@demo Completed', 'party-closed agent2@demo Completed', 'party-closed supervisor@demo Revoked', 'ended',
    'disposition agent1@demo Referred released',
  ], 'the feed');
  return { clients: flag.clients, transport: flag.transport, chat: id, feed: rows.length };
});

/** Of the feed's rows what tells the way of each agent. */
function way(rows) {
  return rows.flatMap(({ type, data }) => {
    const from = data.from ? [`from ${data.from}`] : [];
    const kind = type.replace(/^jackfield\.(session\.)?/, '');
    const more = {
      offered: () => [data.invitation, ...from], accepted: () => [], requested: () => [data.help], visibility: () => [data.visibility],
      'took-over': () => from, 'party-closed': () => [data.state], ended: () => [], disposition: () => [data.disposition.value, data.phase],
    }[kind];
    return more ? [[kind, ...(data.agent ? [data.agent] : []), ...more()].join(' ')] : [];
  });
}
