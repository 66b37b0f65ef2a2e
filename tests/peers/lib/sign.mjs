// Signs as the Messenger platform does, with the package `x-hub-signature`: a line of JSON in, `[algorithm, secret,
// body in base64]`, a line with the signature out. For the Python scripts.
import { createInterface } from 'node:readline';
import XHubSignature from 'x-hub-signature';

for await (const line of createInterface({ input: process.stdin })) {
  const [algorithm, secret, body] = JSON.parse(line);
  process.stdout.write(`${new XHubSignature(algorithm, secret).sign(Buffer.from(body, 'base64'))}\n`);
}
