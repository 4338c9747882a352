import type { Config } from '../config.ts';
import { createDecoder } from '../decode/decoder.ts';
import { openJournal } from '../journal/journal.ts';
import type { Accept, IngestMetrics, Log } from '../model/stages.ts';
import { createNormaliser } from '../normalise/normaliser.ts';
import { acceptOnce } from '../receive/accept-once.ts';
import { listenGrpc } from '../receive/grpc-receiver.ts';
import { listenHttp } from '../receive/http-receiver.ts';
import type { Receiver } from '../receive/http-receiver.ts';
import { createWriter } from '../write/writer.ts';
import type { Foundation } from './foundation.ts';
import { listenOn } from './listen.ts';

export interface Ingest {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Everything received before it can be queried. */
  readonly watermarkMs: () => number;
  readonly journalBytes: () => number;
  /** Acknowledged records that had rotted on disk when this collector started. */
  readonly rottenRecords: number;
  /** Answers what is under way, takes no more. */
  stopReceiving(): Promise<void>;
  /** Brings what is in the journal to the engine, as far as the time allows: the rest waits on disk for the next start. */
  drain(): Promise<void>;
}

const receiveTimeoutMs = 1_200;
const drainTimeoutMs = 2_500;

/** receive -> decode -> normalise -> journal -> write, each handed the next, listening on both OTLP ports. */
export async function composeIngest(foundation: Foundation): Promise<Ingest> {
  const { config, dataDir, storage, now } = foundation;
  const log = foundation.log.child({ part: 'ingest' });
  const metrics = countingSpans(foundation);
  const writer = createWriter({ storage, metrics, log });
  const journal = await openJournal({
    directory: dataDir.journalDir,
    deliver: writer.deliver,
    metrics,
    log,
    limits: { bytesMax: config.journalMaxBytes },
    now,
  });
  const sink = createNormaliser({ store: journal, salt: dataDir.secrets.parameterSalt, now });
  const decode = createDecoder({ sink, metrics });
  const accept = acceptOnce({ accept: decode, kept: (identity) => journal.kept(identity), metrics });
  const { http, grpc } = await listen(config, { accept, metrics, log });
  return {
    httpPort: http.port,
    grpcPort: grpc.port,
    watermarkMs: () => journal.watermarkMs(),
    journalBytes: () => journal.bytes,
    rottenRecords: journal.rottenRecords,
    async stopReceiving() {
      await Promise.all([http.close(receiveTimeoutMs), grpc.close(receiveTimeoutMs)]);
    },
    async drain() {
      const isEmpty = await journal.close(drainTimeoutMs);
      if (!isEmpty)
        log.warn({ bytes: journal.bytes }, 'what is left in the journal is stored at the next start');
      await writer.stop();
    },
  };
}

interface Receiving {
  readonly accept: Accept;
  readonly metrics: IngestMetrics;
  readonly log: Log;
}

async function listen(config: Config, receiving: Receiving): Promise<{ http: Receiver; grpc: Receiver }> {
  const { host, ingestKeys: keys, otlpHttpPort, otlpGrpcPort } = config;
  const http = await listenOn(
    { host, port: otlpHttpPort, setting: 'NIGHTJAR_OTLP_HTTP_PORT' },
    async () => await listenHttp({ ...receiving, host, port: otlpHttpPort, keys }),
  );
  const grpc = await listenOn(
    { host, port: otlpGrpcPort, setting: 'NIGHTJAR_OTLP_GRPC_PORT' },
    async () => await listenGrpc({ ...receiving, host, port: otlpGrpcPort, keys }),
  );
  return { http, grpc };
}

/** The metrics, with the dashboard told when spans came. */
function countingSpans({ metrics, spanClock }: Foundation): IngestMetrics {
  const { ingest } = metrics;
  return {
    ...ingest,
    received(signal, records, bytes) {
      ingest.received(signal, records, bytes);
      if (signal === 'traces' && records > 0) spanClock.arrived();
    },
  };
}
