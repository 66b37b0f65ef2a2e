// The faye client: handshakes over long polling whatever comes next, batches, and knows no acknowledgements.

import faye from 'faye';

export const names = ['faye'];

/** Opens one client; see listen.mjs for the settings and the interface. */
export async function open({ transport, ack, url, headers, onEvent, onState }) {
  if (ack) throw new Error('faye has no acknowledgement extension');
  const client = new faye.Client(url, { retry: 1, timeout: 45 });
  for (const [name, value] of Object.entries(headers)) client.setHeader(name, value);
  for (const type of ['websocket', 'eventsource', 'long-polling', 'cross-origin-long-polling', 'callback-polling']) {
    if (type !== transport && type !== 'long-polling') client.disable(type);
  }
  const handshaken = watchHandshake(client, onState);

  return {
    async handshake() {
      client.connect();
      return handshaken;
    },
    subscribe: (channel) =>
      new Promise((resolve) => {
        const subscription = client.subscribe(channel).withChannel((on, data) => onEvent({ channel: on, data }));
        subscription.then(
          () => resolve({ channel: '/meta/subscribe', subscription: channel, successful: true }),
          (error) => resolve({ channel: '/meta/subscribe', subscription: channel, successful: false, error: String(error.message) }),
        );
      }),
    async disconnect() {
      await client.disconnect();
      return { channel: '/meta/disconnect', successful: true };
    },
    transport: () => client._dispatcher.connectionType,
  };
}

/** Faye hides its replies; an extension sees them. Answers the first handshake reply. */
function watchHandshake(client, onState) {
  return new Promise((resolve) => {
    client.addExtension({
      incoming(message, pass) {
        const kind = /^\/meta\/(handshake|connect)$/.exec(message.channel)?.[1];
        if (kind) onState({ kind, successful: message.successful, reply: kind === 'handshake' ? message : undefined });
        if (kind === 'handshake') resolve(message);
        pass(message);
      },
    });
  });
}
