// The reporting feed, read as reporting@demo.

import { basic, exchange } from './http.mjs';
import { eventually, expect, isObject, isText } from './expect.mjs';

/** Who may read the feed in the demo. */
export const reader = { name: 'reporting@demo', password: 'demo' };

/** The disposition events of one conversation, once there are at least `wanted` of them, from sequence `after` on. */
export async function dispositionsOf(base, conversation, wanted, after = 0) {
  return eventually(async () => {
    const events = await feed(base, after);
    const found = events.filter(({ data }) => isObject(data) && 'disposition' in data && data.interactionId === conversation);
    return found.length >= wanted && found;
  }, `${wanted} disposition events of ${conversation} in the feed`);
}

/** Every event after the sequence `after`, page by page. */
export async function feed(base, after = 0) {
  const events = [];
  for (let from = after; ; ) {
    const answer = await exchange(`${base}/api/v2/reporting/events?after=${from}&limit=500`, { headers: { Authorization: basic(reader) } });
    expect(answer.status === 200 && Array.isArray(answer.json), 'the feed answers 200 and an array', [answer.status, answer.text]);
    expect(isText(answer.headers['x-stream-id']), 'the feed names its stream in X-Stream-Id', answer.headers);
    answer.json.forEach(checkCloudEvent);
    events.push(...answer.json);
    if (answer.json.length === 0) return events;
    from = answer.json.at(-1).sequence;
  }
}

/** CloudEvents 1.0: the four required attributes, ours, and a sequence. */
export function checkCloudEvent(event) {
  expect(event.specversion === '1.0' && isText(event.id) && isText(event.source), 'a CloudEvent has specversion, id and source', event);
  expect(/^jackfield\./.test(event.type), 'type begins with jackfield.', event.type);
  expect(/^\d+$/.test(String(event.sequence)), 'sequence is a number', event);
  if ('time' in event) expect(!Number.isNaN(Date.parse(event.time)), 'time is a time', event.time);
}

/** Checks one disposition event against what was set. */
export function checkDisposition(event, { agent, phase, via, key, value, previous }) {
  const { data } = event;
  expect(data.media === 'chat', 'media is chat', data);
  expect(data.agent === agent, `the agent is ${agent}`, data);
  expect(data.phase === phase, `the phase is ${phase}`, data);
  expect(data.via === via, `via is ${via}`, data);
  expect(typeof data.known === 'boolean', 'known is a boolean', data);
  const { disposition } = data;
  expect(isObject(disposition) && disposition.key === key && disposition.value === value, `the disposition is ${key}=${value}`, data);
  expect((disposition.previous ?? null) === previous, `the previous value is ${previous}`, data);
  if (phase !== 'released') return;
  expect(data.event === 'EventUserEvent', 'after release the event is EventUserEvent', data);
  const pairs = Object.entries(data.userData ?? {});
  expect(pairs.length === 1 && pairs[0][0] === key && pairs[0][1] === value, 'userData is exactly the pair sent', data);
}
