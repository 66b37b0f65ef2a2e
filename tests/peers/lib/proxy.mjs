// A TCP proxy that destroys replies: the connection dies before, or in the middle of, the bytes of a reply.

import net from 'node:net';

/** A small seeded generator of numbers in [0, 1), so that a run can be repeated. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Starts a proxy to `target` (a URL). It passes everything on until `armed` is set; from then on each reply is
 * destroyed with probability `share`. A reply is what the server sends first after the client sent something, and
 * on a WebSocket, where the server speaks by itself, any piece it sends.
 */
export async function lossyProxy(target, { share, seed }) {
  const { hostname, port } = new URL(target);
  const draw = seeded(seed);
  const proxy = { armed: false, replies: 0, destroyed: 0, sockets: new Set() };

  const server = net.createServer((near) => {
    const far = net.connect({ host: hostname, port: Number(port) });
    const pair = { near, far, asked: false, upgraded: false };
    for (const socket of [near, far]) {
      proxy.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => end(pair));
      socket.on('close', () => end(pair));
    }
    near.on('data', (bytes) => {
      pair.asked = true;
      pair.upgraded ||= /^upgrade: *websocket/im.test(bytes.toString('latin1'));
      far.write(bytes);
    });
    far.on('data', (bytes) => answer(pair, bytes));
  });

  function answer(pair, bytes) {
    const begins = pair.asked || pair.upgraded;
    pair.asked = false;
    if (begins && proxy.armed) {
      proxy.replies += 1;
      if (draw() < share) return destroy(pair, bytes);
    }
    pair.near.write(bytes);
  }

  /** Half of the cuts lose the whole reply, half of them tear it. */
  function destroy(pair, bytes) {
    proxy.destroyed += 1;
    if (draw() < 0.5) return end(pair);
    pair.near.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => end(pair));
  }

  function end({ near, far }) {
    near.destroy();
    far.destroy();
    proxy.sockets.delete(near);
    proxy.sockets.delete(far);
  }

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.close = () => {
    server.close();
    for (const socket of proxy.sockets) socket.destroy();
  };
  return proxy;
}
