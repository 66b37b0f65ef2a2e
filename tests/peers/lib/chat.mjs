// What every chat notification must look like, whichever client heard it, and how to pick one out of the stream.

import { expect, isObject, isStrings, isText } from './expect.mjs';

const kinds = ['StatusChange', 'ParticipantsUpdated', 'PropertiesUpdated', 'Error'];
const states = ['Invited', 'Chatting', 'LeftChat', 'JoinFailed', 'Completed', 'Revoked'];
const clock = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/;

/** True for events that concern the chat `id`, state changes and message logs alike. */
export const about = (id) => ({ channel, data }) =>
  channel === '/v2/me/chats' && (data?.chat?.id === id || data?.chatPath === `/chats/${id}`);

/** A predicate: a state-change note about `id` of this `notificationType` and, when given, this `state`. */
export const note = (id, notificationType, state) => (event) =>
  about(id)(event) && event.data.messageType === 'ChatStateChangeMessage' && event.data.notificationType === notificationType &&
  (state === undefined || event.data.chat.state === state);

/** A predicate: a message log about `id` that holds a message which `wanted` accepts. */
export const log = (id, wanted) => (event) =>
  about(id)(event) && event.data.messageType === 'MessageLogUpdated' && Array.isArray(event.data.messages) && event.data.messages.some(wanted);

/** Checks the whole shape of any event on `/v2/me/chats` and answers it. */
export function checkChatEvent(event) {
  const { data } = event;
  expect(event.channel === '/v2/me/chats', 'chat events come on /v2/me/chats', event.channel);
  expect(isObject(data), 'an event has data', event);
  expect(isText(data.messageType) && isText(data.notificationType), 'data has messageType and notificationType', data);
  if ('referenceId' in data) expect(Number.isInteger(data.referenceId), 'referenceId is an integer', data.referenceId);
  if (data.messageType === 'MessageLogUpdated') checkLog(data);
  else checkState(data);
  return event;
}

function checkState(data) {
  expect(data.messageType === 'ChatStateChangeMessage', 'messageType of a state change', data.messageType);
  expect(kinds.includes(data.notificationType), `notificationType is one of ${kinds.join(', ')}`, data.notificationType);
  checkChat(data.chat);
}

/** Checks a chat resource: every notification and every GET carries all of it. */
export function checkChat(chat) {
  expect(isObject(chat) && isText(chat.id), 'a chat is an object with an id', chat);
  expect(states.includes(chat.state), `state is one of ${states.join(', ')}`, chat.state);
  expect(isStrings(chat.capabilities), 'capabilities is an array of strings', chat);
  expect(Array.isArray(chat.participants), 'participants is an array', chat);
  chat.participants.forEach(checkParticipant);
  expect(isObject(chat.userData), 'userData is an object', chat);
  expect(/^https?:\/\//.test(chat.uri) && chat.uri.endsWith(`/api/v2/chats/${chat.id}`), 'uri is absolute and ends in /api/v2/chats/<id>', chat.uri);
  expect(chat.path === `/chats/${chat.id}`, 'path is /chats/<id>', chat.path);
  expect(clock.test(chat.receivedDate), 'receivedDate is a local time with offset', chat.receivedDate);
}

export function checkParticipant(party) {
  expect(isObject(party) && isText(party.nickname) && isText(party.type), 'a participant has nickname and type', party);
  expect(isText(party.participantId), 'a participant has a participantId', party);
  expect(['All', 'Agents', 'Supervisors'].includes(party.visibility), 'a participant has a visibility', party);
  if (party.type !== 'Agent') return;
  expect(/\/api\/v2\/users\/[^/]+$/.test(party.uri), "an agent's uri ends in /users/<id>", party);
}

function checkLog(data) {
  expect(data.notificationType === 'NewMessages', 'a message log is NewMessages', data.notificationType);
  expect(!('id' in data) && !('chat' in data), 'a message log has neither id nor chat', data);
  expect(/^https?:\/\/.*\/api\/v2\/chats\/[^/]+$/.test(data.chatUri), 'chatUri is absolute', data.chatUri);
  expect(data.chatPath === `/chats/${data.chatUri.split('/').pop()}`, 'chatPath and chatUri name one chat', [data.chatPath, data.chatUri]);
  expect(Array.isArray(data.messages) && data.messages.length > 0, 'messages is an array with messages in it', data);
  data.messages.forEach(checkMessage);
  const places = data.messages.map(({ index }) => index);
  expect(places.every((place, at) => at === 0 || place > places[at - 1]), 'indexes ascend', places);
}

export function checkMessage(message) {
  expect(Number.isInteger(message.index) && message.index >= 1, 'index is an integer from 1', message);
  expect(isText(message.type), 'a message has a type', message);
  checkParticipant(message.from);
  expect(['All', 'Agents', 'Supervisors'].includes(message.visibility), 'a message has a visibility', message);
  expect(clock.test(message.timestamp), 'timestamp is a local time with offset', message);
  expect(Number.isInteger(message.timestampSeconds) && message.timestampSeconds > 1e12, 'timestampSeconds is an integer of milliseconds', message);
  if (message.type === 'Text') expect(typeof message.text === 'string', 'a Text has text', message);
}

/** The participants by type: `{Customer: [...], Agent: [...]}`. */
export const byType = (participants) => Object.groupBy
  ? Object.groupBy(participants, ({ type }) => type)
  : participants.reduce((groups, party) => ({ ...groups, [party.type]: [...(groups[party.type] ?? []), party] }), {});
