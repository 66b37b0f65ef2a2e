// A client over the types that were generated from the API document, and the login that it carries along.

import createClient from 'openapi-fetch';
import type { components, paths } from './generated/api.js';

/** What an operation of the API came to, as the generated client tells it. */
interface Outcome<Answer> {
  data?: Answer;
  error?: components['schemas']['Refusal'];
  response: Response;
}

/** The answer to an operation that succeeded; an error in the server's own words for one that was refused. */
export function accepted<Answer extends { statusCode: number }>({ data, error, response }: Outcome<Answer>): Answer {
  if (error) throw new Error(`${response.url}: ${error.statusMessage} (statusCode ${error.statusCode})`);
  if (data === undefined || data.statusCode !== 0) throw new Error(`${response.url}: HTTP ${response.status}`);
  return data;
}

/** A client that shows a password with every request, as programs do. */
export function basic(url: string, name: string, password: string) {
  const headers = { Authorization: `Basic ${btoa(`${name}:${password}`)}` };
  return createClient<paths, 'application/json'>({ baseUrl: url, headers });
}

/** A login by its cookie, as pages have it. What a browser does by itself, this does by hand. */
export class Login {
  readonly api;
  #cookie = '';
  #token = '';

  constructor(url: string) {
    this.api = createClient<paths, 'application/json'>({ baseUrl: url });
    this.api.use({
      onRequest: ({ request }) => {
        for (const [name, value] of Object.entries(this.headers)) request.headers.set(name, value);
      },
      onResponse: ({ response }) => {
        for (const line of response.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          if (pair.startsWith('JSESSIONID=')) this.#cookie = pair;
        }
        this.#token = response.headers.get('X-CSRF-TOKEN') ?? this.#token;
      },
    });
  }

  /** What stands for the user with every request: the cookie and, where the server wants one, the token. */
  get headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    if (this.#cookie) headers['Cookie'] = this.#cookie;
    if (this.#token) headers['X-CSRF-TOKEN'] = this.#token;
    return headers;
  }

  async begin(userName: string, password: string): Promise<void> {
    accepted(await this.api.POST('/api/v2/login', { body: { userName, password } }));
  }
}
