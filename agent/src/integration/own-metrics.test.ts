import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { startApp } from './run-app.ts';

it('the own metrics of a running app can be scraped, which is no request of the app', async () => {
  const port = await freePort();
  const env = { NIGHTJAR_METRICS_PORT: String(port), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const app = await startApp('plain.cjs', { env });
  await (await fetch(`${app.url}/hello`)).text();
  const scrape = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  await vi.waitFor(async () => expect(await scrape()).toContain('nightjar_agent_requests_total{'), 8_000);
  const text = await scrape();
  expect(text).toContain('# TYPE nightjar_agent_requests_total counter');
  expect(text).toMatch(/nodejs_eventloop_utilization_ratio\{?.* [\d.]+/);
  expect(text).toContain('nightjar_agent_requests_total{outcome="sampled"} 1\n');
  expect(await app.end()).toMatchObject({ code: 7 });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
