// Expectations that fail with clear words, and the runner that turns the first failure into an exit status.

/** A broken expectation: its message is meant for a reader who has not seen the script. */
export class Broken extends Error {}

/** Fails with `words` unless `held`; `seen` is shown as JSON. */
export function expect(held, words, seen) {
  if (!held) throw new Broken(seen === undefined ? words : `${words}; saw ${show(seen)}`);
}

/** Fails unless both are the same JSON value, whatever the order of members. */
export function same(seen, wanted, words) {
  expect(canonical(seen) === canonical(wanted), `${words}: wanted ${show(wanted)}`, seen);
}

export function show(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 1500 ? `${text.slice(0, 1500)}… (${text.length} characters)` : text;
}

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value) => typeof value === 'string' && value.length > 0;
export const isStrings = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');

function canonical(value) {
  return JSON.stringify(value, (_, member) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls `look` until it answers something truthy; fails with `words` after `ms`. */
export async function eventually(look, words, ms = 5000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    expect(Date.now() < end, `${words} did not happen within ${ms} ms`);
    await sleep(50);
  }
}

/**
 * Runs one scenario under a time limit: `body` answers the members of the one-line summary and may leave
 * clean-up work in `later`. Ends the process: 0 with the summary, 1 with the step and the words that failed.
 */
export async function scenario(title, seconds, body) {
  const started = Date.now();
  const run = { step: 'start', later: [], steps: 0 };
  const step = (words) => {
    run.step = words;
    run.steps += 1;
  };
  const limit = setTimeout(() => finish(run, title, new Broken(`no end after ${seconds} s`), true), seconds * 1000);
  try {
    const summary = await body(step, (work) => run.later.unshift(work));
    const left = await cleanUp(run);
    clearTimeout(limit);
    if (left) throw left;
    console.log(JSON.stringify({ ok: true, script: title, ...summary, steps: run.steps, ms: Date.now() - started }));
    process.exit(0);
  } catch (error) {
    clearTimeout(limit);
    await finish(run, title, error, false);
  }
}

async function finish(run, title, error, hung) {
  const words = error instanceof Broken ? error.message : error.stack;
  console.error(`${title} failed at "${run.step}": ${words}`);
  if (!hung) await Promise.race([cleanUp(run), sleep(5000)]);
  process.exit(1);
}

/** Every piece of clean-up is tried; the first that failed is returned. */
async function cleanUp(run) {
  let first;
  for (const work of run.later.splice(0)) {
    try {
      await work();
    } catch (error) {
      first ??= error;
    }
  }
  return first;
}
