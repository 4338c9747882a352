import { expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import { runScript } from './run-script.ts';

it('ships the lines of pino past the stream, which stays the one that the logger was given', async () => {
  const receiver = await startReceiver();
  const end = await runScript('pino-stream.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  await receiver.close();
  const written = writtenBy(end.stdout);
  const [span] = receiver.spans;
  expect(written).toMatchObject({ own: true, flushed: true });
  expect(written.lines).toHaveLength(2);
  expect(written.lines[0]).toContain(`"trace_id":"${span?.traceId}"`);
  expect(receiver.logs).toHaveLength(2);
  expect(receiver.logs[0]).toMatchObject({ body: 'inside', severity: 13, traceId: span?.traceId });
  expect(receiver.logs[0]?.attributes).toMatchObject({
    shop: 7,
    'exception.type': 'TypeError',
    'exception.message': 'sold out',
  });
  expect(receiver.logs[0]?.attributes).not.toHaveProperty('trace_id');
  expect(receiver.logs[1]).toMatchObject({ body: 'outside', severity: 11, traceId: '' });
  expect(receiver.logs[1]?.attributes).toEqual({ nested: { deep: true } });
});

it('marks lines where none are shipped', async () => {
  const receiver = await startReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_LOGS_EXPORTER: 'none' };
  const end = await runScript('pino-stream.mjs', { env });
  await receiver.close();
  const written = writtenBy(end.stdout);
  expect(written).toMatchObject({ own: true, flushed: true });
  expect(written.lines[0]).toContain(`"trace_id":"${receiver.spans[0]?.traceId}"`);
  expect(receiver.logs).toEqual([]);
});

function writtenBy(stdout: string): { readonly lines: readonly string[] } {
  // Written by the script.
  return JSON.parse(stdout) as { lines: string[] };
}
