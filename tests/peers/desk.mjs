#!/usr/bin/env node
// What deployed agent desktops do, as raw HTTP, one named line for each requirement.

import { agents, flags } from './lib/args.mjs';
import { Desk } from './lib/rest.mjs';
import { checks } from './lib/tap.mjs';
import { takeTurn } from './lib/turn.mjs';
import * as answers from './desk/answers.mjs';
import * as boot from './desk/boot.mjs';
import * as envelope from './desk/envelope.mjs';
import * as identity from './desk/identity.mjs';
import * as polling from './desk/polling.mjs';

const flag = flags({ url: 'http://127.0.0.1:8080', agents: 'agent7@demo', slow: false });
const url = flag.url.replace(/\/$/, '');
const [agent] = agents(flag.agents);
const { check, end } = checks();
const desk = new Desk(url, agent);

const limit = setTimeout(() => {
  console.log(`not ok - everything within ${flag.slow ? 180 : 90} s`);
  process.exit(1);
}, flag.slow ? 180000 : 90000);

const release = await takeTurn(url); // the agent is ready now and then
await check('EndContactCenterSession without a session is quiet', () => desk.operate('/me', 'EndContactCenterSession'));
for (const group of [boot, answers, identity, envelope, polling]) {
  console.log(`# ${group.title}`);
  await group.run({ check, url, agent, desk, slow: flag.slow });
}
await check('EndContactCenterSession ends the session', () => desk.operate('/me', 'EndContactCenterSession'));
release();
clearTimeout(limit);
end();
