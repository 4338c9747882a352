import { expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import { startApp } from './run-app.ts';

async function serve(
  env: Readonly<Record<string, string>>,
): Promise<{ output: string; timing: string | null }> {
  const receiver = await startReceiver();
  const app = await startApp('named.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env } });
  const response = await fetch(`${app.url}/products/7/stock`);
  await response.text();
  await app.end();
  await receiver.close();
  return { output: app.output(), timing: response.headers.get('server-timing') };
}

it('in development a response names its queries and the terminal its N+1', async () => {
  const { output, timing } = await serve({ NODE_ENV: 'development' });
  expect(timing).toMatch(/^db;desc="0 queries";dur=0\.0$/);
  expect(output).toMatch(
    /^nightjar: GET \/products\/:id\/stock 200 \d[\d.]* ms 0 queries N\+1 x6 named\.mjs:\d+$/m,
  );
});

it('in production neither, whatever else is set', async () => {
  const { output, timing } = await serve({
    NODE_ENV: 'production',
    NIGHTJAR_DEV: '1',
    NIGHTJAR_DEV_PANEL: '1',
  });
  expect(timing).toBeNull();
  expect(output).not.toContain('nightjar:');
});
