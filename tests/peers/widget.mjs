#!/usr/bin/env node
// The customer's side as chat widgets in web pages speak it, one named line for each habit.

import { agents, flags } from './lib/args.mjs';
import { subscriptions } from './lib/listen.mjs';
import { seat } from './lib/seat.mjs';
import { checks } from './lib/tap.mjs';
import { takeTurn } from './lib/turn.mjs';
import * as refusals from './widget/refusals.mjs';
import * as talk from './widget/talk.mjs';

const flag = flags({ url: 'http://127.0.0.1:8080', agents: 'agent4@demo', client: 'cometd9' });
const url = flag.url.replace(/\/$/, '');
const { check, end } = checks();
const later = [];

const limit = setTimeout(() => {
  console.log('not ok - everything within 60 s');
  process.exit(1);
}, 60000);

const release = await takeTurn(url); // no other ready agent may take these chats
const agent = await check('an agent sits down', () =>
  seat({ url, client: flag.client, transport: 'long-polling', ack: true, topics: subscriptions.star, auth: 'basic', agent: agents(flag.agents)[0] }, (work) => later.unshift(work)));
for (const group of agent ? [refusals, talk] : [refusals]) {
  console.log(`# ${group.title}`);
  await group.run({ check, url, agent });
}
await check('the agent goes home', async () => {
  for (const work of later) await work();
});
release();
clearTimeout(limit);
end();
