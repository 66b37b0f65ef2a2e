// One HTTP exchange with node's own client, and a cookie jar as small as an embedded desktop's.

import http from 'node:http';

/** Name → value of the cookies of one host. */
export class Jar {
  cookies = new Map();

  keep(setCookie = []) {
    for (const line of setCookie) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      this.cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
  }

  get header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

export const basic = (agent) => `Basic ${Buffer.from(`${agent.name}:${agent.password}`).toString('base64')}`;

/**
 * Sends one request and reads the whole answer: `{status, headers, text, ms, socket}`, plus `json` when the body
 * parses. `body` may be a string, a Buffer or any JSON value; a string or Buffer gets no content type of its own.
 * With `expect100` the body waits for the interim answer (and is not sent when none comes within 3 s).
 */
export function exchange(url, { method = 'GET', headers = {}, body, jar, agent, expect100 = false, timeout = 45000 } = {}) {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = body === undefined ? undefined : Buffer.from(raw ? body : JSON.stringify(body));
  const all = { ...headers };
  if (bytes && !raw && !('Content-Type' in all)) all['Content-Type'] = 'application/json';
  if (bytes) all['Content-Length'] = bytes.length;
  if (jar?.header) all.Cookie = jar.header;
  if (expect100) all.Expect = '100-continue';
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers: all, agent });
    let continued = false;
    request.setTimeout(timeout, () => request.destroy(new Error(`${method} ${url} had no answer within ${timeout} ms`)));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks = [];
      const localPort = response.socket.localPort;
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        jar?.keep(response.headers['set-cookie']);
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode, headers: response.headers, text, json: parsed(text), localPort, continued,
          ms: Date.now() - started,
        });
      });
    });
    if (expect100) {
      const giveUp = setTimeout(() => request.destroy(new Error('no "100 Continue" within 3 s')), 3000);
      request.on('continue', () => {
        continued = true;
        clearTimeout(giveUp);
        request.end(bytes);
      });
      request.on('response', () => clearTimeout(giveUp));
      request.flushHeaders();
    } else {
      request.end(bytes);
    }
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
