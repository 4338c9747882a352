import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, it, vi } from 'vitest';
import { serveMetrics } from './metrics-server.ts';
import type { MetricsServer } from './metrics-server.ts';
import { PullReader } from './pull-reader.ts';

const servers: MetricsServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function start(): Promise<{
  readonly url: string;
  readonly port: number;
  readonly meters: MeterProvider;
}> {
  const reader = new PullReader();
  const resource = resourceFromAttributes({ 'service.name': 'shop "one"' });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const collect = async () => (await reader.collect()).resourceMetrics;
  const server = serveMetrics({ host: '127.0.0.1', port: 0 }, { collect, warn: () => undefined });
  servers.push(server);
  await vi.waitFor(() => expect(server.port()).toBeGreaterThan(0));
  const port = server.port() ?? 0;
  return { port, url: `http://127.0.0.1:${port}`, meters };
}

function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

it('serves counters, gauges and histograms as Prometheus reads them', async () => {
  const { url, meters } = await start();
  const meter = meters.getMeter('test');
  meter.createCounter('nightjar.agent.dropped', { unit: '{item}', description: 'Lost\nitems' }).add(3, {
    reason: 'a "b" \\ c',
  });
  meter.createGauge('nightjar.queue.oldest_age', { unit: 'ms' }).record(12.5);
  const waits = meter.createHistogram('wait', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1] },
  });
  for (const wait of [0.05, 0.5, 5]) waits.record(wait);
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  const text = await response.text();
  expect(text).toContain('target_info{service_name="shop \\"one\\""} 1\n');
  expect(text).toContain(
    '# HELP nightjar_agent_dropped_total Lost\\nitems\n# TYPE nightjar_agent_dropped_total counter\n',
  );
  expect(text).toContain('nightjar_agent_dropped_total{reason="a \\"b\\" \\\\ c"} 3\n');
  expect(text).toContain('nightjar_queue_oldest_age_milliseconds 12.5\n');
  expect(text).toContain('wait_seconds_bucket{le="0.1"} 1\nwait_seconds_bucket{le="1"} 2\n');
  expect(text).toContain('wait_seconds_bucket{le="+Inf"} 3\nwait_seconds_sum 5.55\nwait_seconds_count 3\n');
});

it.each([
  ['another path', 'GET / HTTP/1.1\r\n\r\n', '404'],
  ['another method', 'POST /metrics HTTP/1.1\r\n\r\n', '405'],
  ['a URL that cannot be parsed (GHSA-q7rr-3cgh-j5r3)', 'GET http:// HTTP/1.1\r\n\r\n', '404'],
  ['a URL that cannot be decoded', 'GET /%E0%A4%A HTTP/1.1\r\n\r\n', '404'],
  ['no HTTP at all', '\u0000\u0001\n\n', '405'],
  ['a head without end', `GET /${'x'.repeat(9_000)}`, '431'],
  ['HEAD', 'HEAD /metrics HTTP/1.1\r\n\r\n', '200'],
])('answers %s and goes on', async (_, bytes, status) => {
  const { url, port } = await start();
  expect(await raw(port, bytes)).toContain(`HTTP/1.1 ${status} `);
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
});

it('says so when its port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await vi.waitFor(() => expect(other.listening).toBe(true));
  const { port } = other.address() as AddressInfo;
  const warnings: string[] = [];
  servers.push(
    serveMetrics(
      { host: '127.0.0.1', port },
      { collect: () => Promise.resolve(undefined), warn: (sentence) => warnings.push(sentence) },
    ),
  );
  await vi.waitFor(() => expect(warnings).toHaveLength(1));
  other.close();
  expect(warnings[0]).toContain(String(port));
});
