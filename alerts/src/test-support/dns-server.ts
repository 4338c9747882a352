import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import type { Resolve } from '../channels/guarded-address.ts';

export interface DnsServer extends AsyncDisposable {
  /** Asks this server and no other; nothing is cached. */
  readonly resolve: Resolve;
  readonly queries: () => number;
}

/** A real DNS server on a free local port that answers each query for an IPv4 address in turn from `answers`. */
export async function openDnsServer(answers: readonly (readonly string[])[]): Promise<DnsServer> {
  const socket = createSocket('udp4');
  let queries = 0;
  socket.on('message', (query, from) => {
    const addresses = answers[queries % answers.length] ?? [];
    queries += 1;
    socket.send(answerTo(query, addresses), from.port, from.address);
  });
  const { promise: bound, resolve: onBound } = Promise.withResolvers<void>();
  socket.bind(0, '127.0.0.1', onBound);
  await bound;
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolve: async (host) => (await resolver.resolve4(host)).map((address) => ({ address, family: 4 })),
    queries: () => queries,
    [Symbol.asyncDispose]: async () => {
      const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
      socket.close(onClosed);
      await closed;
    },
  };
}

// RFC 1035 section 4: the query's id and question, and one A record with ttl 0 an address, named by a pointer to it.
function answerTo(query: Buffer, addresses: readonly string[]): Buffer {
  const questionEnd = query.indexOf(0, 12) + 5;
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8580, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, query.subarray(12, questionEnd), ...records]);
}
