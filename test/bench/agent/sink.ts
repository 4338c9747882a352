import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempDir } from '../../support/paths.ts';

/** A back end for every agent: answers as theirs would as far as they need it to go on sending, and drops what comes. */
export interface Sink {
  readonly url: string;
  readonly tlsPort: number;
  readonly certificateFile: string;
  /** Bytes of bodies whose path held this, since the last `forget`. */
  readonly bytesAt: (path: string) => number;
  readonly paths: () => readonly string[];
  readonly forget: () => void;
  readonly close: () => void;
}

const PATHS_MAX = 200;
/** As New Relic answers: events each five seconds, so many of each kind. */
const NEW_RELIC_RUN = {
  agent_run_id: '1',
  collect_traces: true,
  event_harvest_config: {
    report_period_ms: 5_000,
    harvest_limits: {
      analytic_event_data: 833,
      custom_event_data: 833,
      error_event_data: 8,
      span_event_data: 166,
    },
  },
};

export async function startSink(): Promise<Sink> {
  const directory = tempDir('bench-sink');
  const certificateFile = join(directory.path, 'certificate.pem');
  const keyFile = join(directory.path, 'key.pem');
  makeCertificate(certificateFile, keyFile);
  const bytes = new Map<string, number>();
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request.url ?? '');
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.byteLength));
    request.on('end', () => {
      if (bytes.has(path) || bytes.size < PATHS_MAX) bytes.set(path, (bytes.get(path) ?? 0) + size);
      const { status, body } = answerTo({ path, host: `localhost:${request.socket.localPort}` });
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    request.on('error', () => response.destroy());
  };
  const plain = createServer(take);
  const tls = createTlsServer({ cert: readFileSync(certificateFile), key: readFileSync(keyFile) }, take);
  const [port, tlsPort] = [await listen(plain), await listen(tls)];
  return {
    url: `http://127.0.0.1:${port}`,
    tlsPort,
    certificateFile,
    bytesAt: (part) => [...bytes].reduce((sum, [path, size]) => (path.includes(part) ? sum + size : sum), 0),
    paths: () => [...bytes.keys()],
    forget: () => bytes.clear(),
    close: () => {
      for (const server of [plain, tls]) {
        server.closeAllConnections();
        server.close();
      }
      directory.remove();
    },
  };
}

/** New Relic speaks TLS only, and names its calls in the query. */
function pathOf(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://sink');
  const method = searchParams.get('method');
  return method === null ? pathname : `${pathname}/${method}`;
}

function answerTo({ path, host }: { path: string; host: string }): {
  readonly status: number;
  readonly body: string;
} {
  if (path.endsWith('/preconnect')) return ok({ return_value: { redirect_host: host } });
  if (path.endsWith('/connect')) return ok({ return_value: NEW_RELIC_RUN });
  if (path.includes('/agent_listener/')) return ok({ return_value: null });
  // dd-trace asks what this agent can do; the protocol of an agent that does not say is 0.4, its default.
  if (path === '/info') return { status: 404, body: '' };
  if (path.endsWith('/traces')) return ok(path.startsWith('/v1/') ? {} : { rate_by_service: {} });
  if (path === '/intake/v2/events') return { status: 202, body: '' };
  if (path === '/') return ok({ version: '8.17.0' });
  return ok({});
}

function ok(body: object): { readonly status: number; readonly body: string } {
  return { status: 200, body: JSON.stringify(body) };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function makeCertificate(certificateFile: string, keyFile: string): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', keyFile, '-out', certificateFile];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...files, ...subject], { stdio: 'pipe' });
}
