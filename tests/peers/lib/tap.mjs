// Named checks, one line each, in the manner of the Test Anything Protocol.

import { Broken } from './expect.mjs';

/** Collects checks: `check(name, body)` prints `ok - name` or `not ok - name`; `end()` ends the process. */
export function checks() {
  const counted = { good: 0, bad: 0 };
  async function check(name, body) {
    try {
      const value = await body();
      counted.good += 1;
      console.log(`ok - ${name}`);
      return value;
    } catch (error) {
      counted.bad += 1;
      console.log(`not ok - ${name}`);
      console.log(`  # ${error instanceof Broken ? error.message : error.stack.replaceAll('\n', '\n  # ')}`);
      return undefined;
    }
  }
  function end() {
    console.log(`1..${counted.good + counted.bad}`);
    console.log(`# ${counted.good} good, ${counted.bad} bad`);
    process.exit(counted.bad === 0 ? 0 : 1);
  }
  return { check, end, counted };
}
