// The official CometD client in its generations, each with the node adapter of its time.

const generations = {
  cometd3: { adapter: 'adapter1', ack: 'cometd3/AckExtension.js', client: 'cometd3' },
  cometd5: { adapter: 'adapter1', ack: 'cometd5/AckExtension.js', client: 'cometd5' },
  cometd9: { adapter: 'adapter2', ack: 'cometd9/AckExtension.js', client: 'cometd9' },
};

export const names = Object.keys(generations);

/** Opens one client; see listen.mjs for the settings and the interface. One per thread: the adapter is global. */
export async function open({ client, transport, ack, url, headers, onEvent, onState }) {
  const generation = generations[client];
  const [adapter, { CometD, AckExtension }] = await Promise.all([load(generation.adapter), pieces(generation)]);
  adapter.adapt();
  globalThis.window.console = quiet;
  if (transport === 'websocket') upgradeWith(headers);

  const cometd = new CometD();
  cometd.configure({
    url, requestHeaders: headers, logLevel: 'warn', appendMessageTypeToURL: true,
    backoffIncrement: 100, maxBackoff: 1000,
  });
  for (const type of cometd.getTransportTypes()) {
    if (type !== transport) cometd.unregisterTransport(type);
  }
  if (ack) cometd.registerExtension('ack', new AckExtension());

  cometd.addListener('/meta/handshake', (reply) => onState({ kind: 'handshake', successful: reply.successful, reply: plain(reply) }));
  cometd.addListener('/meta/connect', (reply) => onState({ kind: 'connect', successful: reply.successful, ack: reply.ext?.ack }));

  return {
    handshake: () => once((done) => cometd.handshake(done)),
    subscribe: (channel) => once((done) => cometd.subscribe(channel, (event) => onEvent(plain(event)), done)),
    disconnect: () => once((done) => cometd.disconnect(done)),
    transport: () => cometd.getTransport()?.type ?? cometd.getTransport()?.getType(),
  };
}

/** What a browser would do by itself: the upgrade carries the headers (cookies, Basic) of the page's host. */
function upgradeWith(headers) {
  const Plain = globalThis.window.WebSocket;
  globalThis.window.WebSocket = class extends Plain {
    constructor(url, protocols) {
      super(url, protocols, { headers });
    }
  };
}

async function load(name) {
  const loaded = await import(name);
  return loaded.default?.adapt ? loaded.default : loaded;
}

async function pieces({ client, ack }) {
  const [library, extension] = await Promise.all([import(client), import(ack)]);
  return {
    CometD: library.CometD ?? library.default.CometD,
    AckExtension: extension.AckExtension ?? extension.default.AckExtension ?? extension.default,
  };
}

const once = (call) => new Promise((resolve) => call((reply) => resolve(plain(reply))));
const plain = (message) => JSON.parse(JSON.stringify(message));

const nothing = () => {};
const quiet = process.env.PEER_LOG ? console : { log: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
