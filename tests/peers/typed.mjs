#!/usr/bin/env node
// A client whose types are generated from the committed API document, as an integrator would begin: openapi-typescript with
// its defaults, openapi-fetch, a strict compiler. It must work a chat without a single cast.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapt } from 'adapter2';
import { agents, flags } from './lib/args.mjs';
import { Customer } from './lib/customer.mjs';
import { eventually, same, scenario } from './lib/expect.mjs';
import { reader } from './lib/feed.mjs';
import { casts } from './typed/casts.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const flag = flags({ url: 'http://127.0.0.1:8080', agents: 'agent8@demo', document: '../../crates/api/openapi.json' });
const [agent] = agents(flag.agents);
const url = flag.url.replace(/\/$/, '');

await scenario('typed', 120, async (step, later) => {
  step('what says more than the compiler knows is found');
  const cheats = path.join(here, 'typed/cheats');
  const lines = casts(path.join(cheats, 'tsconfig.json'), (file) => path.dirname(file) === cheats, []).map((place) => Number(place.split(':')[1]));
  same([...new Set(lines)].sort((one, other) => one - other), [3, 4, 5, 6, 7, 8, 9, 11], 'lines of cheats.ts');

  step('types are generated from the document');
  const generated = path.join(here, 'typed/generated');
  fs.rmSync(generated, { recursive: true, force: true });
  tool('openapi-typescript/bin/cli.js', path.resolve(flag.document), '--output', path.join(generated, 'api.ts'));

  step('the compiler has nothing to say');
  const project = path.join(here, 'typed/tsconfig.json');
  tool('typescript/bin/tsc', '--strict', '--project', project);

  step('nothing is said in its place');
  const isWritten = (file) => path.dirname(file) === path.join(here, 'typed');
  // The CometD client hands over what came; its type is that of the topic.
  same(casts(project, isWritten, ['message.data']), [], 'no cast');

  step('the agent works a chat');
  adapt();
  const { work } = await import('./typed/generated/js/agent.js');
  const customer = new Customer(url);
  const customerComes = async (words) => {
    await customer.request({ nickname: 'Ines', subject: 'Invoice 17' });
    later(() => customer.post('disconnect')); // a chat of a failed run must not wait for the next one
    await customer.send(words);
    return customer.chatId;
  };
  const disposition = await work({ url, agent, reporter: reader, customerComes });

  step('the customer was answered, and reporting knows what became of it');
  await eventually(async () => {
    await customer.refresh();
    return customer.messages.some(({ text, from }) => from.type === 'Agent' && text === 'It left this morning.');
  }, 'the customer reads the answer');
  const { interactionId, phase, via, disposition: { key, value, previous } } = disposition;
  same(
    { agent: disposition.agent, interactionId, phase, via, key, value, previous },
    { agent: agent.name, interactionId: customer.chatId, phase: 'live', via: 'SetDisposition', key: 'DispositionCode', value: 'IssueResolved', previous: null },
    'the disposition in the feed',
  );
  return { agent: agent.name, chat: customer.chatId };
});

/** Runs a program of a package; what it says is told when it fails. */
function tool(script, ...args) {
  try {
    execFileSync(process.execPath, [path.join(here, 'node_modules', script), ...args], { cwd: here, encoding: 'utf8', stdio: 'pipe' });
  } catch ({ stdout, stderr }) {
    throw new Error(`${script} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}
