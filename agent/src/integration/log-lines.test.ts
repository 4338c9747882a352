import { expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import { runScript } from './run-script.ts';

const LIBRARIES = ['pino', 'winston', 'bunyan', 'bunyan-class'];

it.each([['log-lines.mjs'], ['log-lines.cjs']])(
  '%s: every library, with trace ids, redacted',
  async (file) => {
    const receiver = await startReceiver();
    const end = await runScript(file, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    await receiver.close();
    expect(end.stderr.replace(/^Error: console error\n(?: .*\n)*/, '')).toBe('');
    const span = receiver.spans.find(({ name }) => name === 'logging');
    const lines = end.stdout.split('\n');
    for (const library of LIBRARIES) {
      const line = lines.find((one) => one.includes(`${library} inside`));
      expect(line).toContain(`"trace_id":"${span?.traceId}"`);
      expect(line).toContain(`"span_id":"${span?.spanId}"`);
      expect(lines.find((one) => one.includes(`${library} outside`))).not.toContain('trace_id');
      const records = receiver.logs.filter(({ body }) => body === `${library} inside`);
      expect(records).toHaveLength(1);
      const [record] = records;
      expect(record).toMatchObject({ traceId: span?.traceId, spanId: span?.spanId, severity: 13 });
      expect(record?.attributes).toMatchObject({
        password: '[redacted]',
        req: { headers: { authorization: '[redacted]', host: 'shop' } },
        url: 'https://shop.example/pay?card=',
      });
      expect(receiver.logs.filter(({ body }) => body === `${library} outside`)).toHaveLength(1);
    }
    expect(receiver.logs.filter(({ scope }) => scope === 'console')).toEqual([]);
    expect(lines).toContain('console inside 7');
    const long = receiver.logs.find(({ body }) => String(body).startsWith('xxx'));
    expect(String(long?.body)).toHaveLength(16_384);
  },
);

it('console lines are marked and shipped when both are asked for', async () => {
  const receiver = await startReceiver();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    NIGHTJAR_CONSOLE_LOGS: '1',
    NIGHTJAR_CONSOLE_TRACE_IDS: '1',
  };
  const end = await runScript('log-lines.cjs', { env });
  await receiver.close();
  const span = receiver.spans.find(({ name }) => name === 'logging');
  const ids = { traceId: span?.traceId, spanId: span?.spanId };
  expect(end.stdout).toContain(`console inside 7 trace_id=${ids.traceId} span_id=${ids.spanId}\n`);
  expect(end.stdout).toContain('console outside\n');
  const sent = receiver.logs.filter(({ scope }) => scope === 'console');
  expect(sent).toHaveLength(3);
  expect(sent[0]).toMatchObject({ body: 'console inside 7', severity: 9, ...ids });
  expect(sent[1]).toMatchObject({ severity: 17, ...ids });
  expect(sent[1]?.attributes).toMatchObject({
    'exception.type': 'Error',
    'exception.message': 'console error',
  });
  expect(sent[2]).toMatchObject({ body: 'console outside', traceId: '' });
});
