import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface KafkaStandIn {
  readonly broker: string;
  /** Connections that are open now. */
  readonly connections: () => number;
  readonly close: () => void;
}

type Field = readonly [kind: 'i16' | 'i32' | 'i64', value: number] | string | readonly Field[][];

/** Newest and committed offsets of each partition of every topic. */
export interface KafkaOffsets {
  readonly newest: readonly number[];
  readonly committed: readonly number[];
}

const i16 = (value: number): Field => ['i16', value];
const i32 = (value: number): Field => ['i32', value];
const i64 = (value: number): Field => ['i64', value];
const OK = i16(0);

/**
 * As much of the Kafka protocol as an admin client needs to read a group's lag: ApiVersions 0, Metadata 0, ListOffsets
 * 1, FindCoordinator 0, OffsetFetch 1. There is no broker to be had for these tests.
 */
export async function startKafka({ newest, committed }: KafkaOffsets): Promise<KafkaStandIn> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const request = bytes.subarray(4, 4 + bytes.readInt32BE(0));
        bytes = bytes.subarray(4 + request.length);
        socket.write(framed(request.readInt32BE(4), answer(request)));
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const partitions = newest.map((_, index) => index);

  const answer = (request: Buffer): readonly Field[] => {
    const key = request.readInt16BE(0);
    const version = request.readInt16BE(2);
    const body = request.subarray(10 + request.readInt16BE(8));
    switch (key) {
      case 18: {
        const supported = VERSIONS.map(([api, only]) => [i16(api), i16(only), i16(only)]);
        // 35: a version that is not supported, answered in the form of version 0.
        return [version === 0 ? OK : i16(35), supported];
      }
      case 3: {
        const topic = body.readInt32BE(0) > 0 ? textAt(body, 4) : 'idle';
        const parts = partitions.map((one) => [OK, i32(one), i32(1), [[i32(1)]], [[i32(1)]]]);
        return [[[i32(1), '127.0.0.1', i32(port)]], [[OK, topic, parts]]];
      }
      case 10:
        return [OK, i32(1), '127.0.0.1', i32(port)];
      case 2: {
        // Replica, one topic, its partitions: of each its number and -2 for the oldest, -1 for the newest.
        const topic = textAt(body, 8);
        const isOldest = body.readBigInt64BE(10 + topic.length + 4 + 4) === -2n;
        const offsetOf = (one: number): number => (isOldest ? 0 : (newest[one] ?? 0));
        return [[[topic, partitions.map((one) => [i32(one), OK, i64(-1), i64(offsetOf(one))])]]];
      }
      case 9: {
        const topic = textAt(body, 2 + body.readInt16BE(0) + 4);
        return [[[topic, partitions.map((one) => [i32(one), i64(committed[one] ?? -1), '', OK])]]];
      }
      default:
        throw new Error(`the stand-in knows no request ${key}`);
    }
  };
  return {
    broker: `127.0.0.1:${port}`,
    connections: () => sockets.size,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const VERSIONS = [
  [18, 0],
  [3, 0],
  [2, 1],
  [10, 0],
  [9, 1],
] as const;

function textAt(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at + 2, at + 2 + bytes.readInt16BE(at));
}

function framed(correlation: number, fields: readonly Field[]): Buffer {
  const body = Buffer.concat([written(i32(correlation)), ...fields.map(written)]);
  return Buffer.concat([written(i32(body.length)), body]);
}

function written(field: Field): Buffer {
  if (typeof field === 'string') return Buffer.concat([written(i16(field.length)), Buffer.from(field)]);
  const [kind, value] = field;
  if (typeof kind !== 'string' || typeof value !== 'number') {
    const rows = field as readonly Field[][];
    return Buffer.concat([written(i32(rows.length)), ...rows.flatMap((row) => row.map(written))]);
  }
  const bytes = Buffer.alloc(kind === 'i16' ? 2 : kind === 'i32' ? 4 : 8);
  if (kind === 'i16') bytes.writeInt16BE(value);
  else if (kind === 'i32') bytes.writeInt32BE(value);
  else bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
