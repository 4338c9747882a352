import { expect, it } from 'vitest';
import { loadConfig } from './config.ts';

it('has defaults for everything', () => {
  const { config, warnings } = loadConfig({}, {});
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    isDisabled: false,
    metricIntervalMs: 10_000,
    sampler: { name: 'parentbased_always_on', ratio: 1 },
    spanBatch: { delayMs: 1_000, queueItemsMax: 8_192, batchItemsMax: 2_048 },
    logBatch: { batchItemsMax: 512 },
    signals: {
      traces: { isOn: true, url: 'http://127.0.0.1:4318/v1/traces', timeoutMs: 10_000, isGzip: false },
      logs: { url: 'http://127.0.0.1:4318/v1/logs' },
    },
  });
});

it('reads the OpenTelemetry environment', () => {
  const { config, warnings } = loadConfig(
    {},
    {
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=ignored,service.version=1.4.2,team=a%2Cb',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:9/base/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20k',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://logs:1/in',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '3000',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pg, fastify',
    },
  );
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    serviceName: 'shop',
    serviceVersion: '1.4.2',
    resourceAttributes: { team: 'a,b' },
    sampler: { name: 'traceidratio', ratio: 0.25 },
    signals: {
      traces: {
        url: 'http://collector:9/base/v1/traces',
        headers: { authorization: 'Bearer k' },
        timeoutMs: 2000,
      },
      metrics: { isOn: false, timeoutMs: 3000 },
      logs: { url: 'https://logs:1/in' },
    },
  });
  expect([...config.disabledInstrumentations]).toEqual(['pg', 'fastify']);
});

it.each([
  [{ OTEL_BSP_SCHEDULE_DELAY: 'soon' }, 'OTEL_BSP_SCHEDULE_DELAY=soon is not a whole number'],
  [{ OTEL_SDK_DISABLED: 'maybe' }, 'OTEL_SDK_DISABLED=maybe is neither true nor false'],
  [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, 'OTEL_TRACES_SAMPLER=jaeger_remote is not supported'],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' }, 'OTEL_TRACES_SAMPLER_ARG=7'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'is not an http or https URL'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'nonsense' }, 'OTEL_RESOURCE_ATTRIBUTES holds an entry'],
])('warns once with name, value and remedy, and keeps the default: %o', (env, warning) => {
  const { config, warnings } = loadConfig({}, env);
  expect(new Set(warnings).size).toBe(1);
  expect(warnings[0]).toContain(warning);
  expect(config.signals.traces.url).toBe('http://127.0.0.1:4318/v1/traces');
  expect(config.sampler.ratio).toBe(1);
  expect(config.spanBatch.delayMs).toBe(1_000);
});

it('never prints a header value', () => {
  const { warnings } = loadConfig({}, { OTEL_EXPORTER_OTLP_HEADERS: '%E0%A4%A=1,=hush' });
  expect(warnings.join()).not.toContain('hush');
  expect(warnings.length).toBeGreaterThan(0);
});

it.each([
  [{}, false, false],
  [{ NODE_ENV: 'development' }, true, false],
  [{ NODE_ENV: 'development', NIGHTJAR_DEV: '0' }, false, false],
  [{ NODE_ENV: 'test', NIGHTJAR_DEV: '1', NIGHTJAR_DEV_PANEL: '1' }, true, true],
  [{ NIGHTJAR_DEV_PANEL: '1' }, false, false],
  [{ NODE_ENV: 'production', NIGHTJAR_DEV: '1', NIGHTJAR_DEV_PANEL: '1' }, false, false],
])('with %o development is %s and its panel %s', (env, isDev, isDevPanelOn) => {
  expect(loadConfig({}, env).config).toMatchObject({ isDev, isDevPanelOn });
});

it('reads what sampling goes by', () => {
  expect(loadConfig({}, {}).config).toMatchObject({
    slowRequestMs: 2_000,
    routeLimitPerMinute: 0,
    budgetPercent: 10,
  });
  const env = { NIGHTJAR_SLOW_REQUEST_MS: '500', NIGHTJAR_ROUTE_LIMIT_PER_MINUTE: '60' };
  expect(loadConfig({}, env).config).toMatchObject({ slowRequestMs: 500, routeLimitPerMinute: 60 });
});

it.each([
  ['http://127.0.0.1:4318', false],
  ['http://localhost:4318', false],
  ['http://[::1]:4318', false],
  ['http://127.example.com:4318', true],
  ['https://collector.internal:4318', true],
])('compresses for %s: %s', (endpoint, isGzip) => {
  const gzipOf = (env: Record<string, string>): boolean =>
    loadConfig({}, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env }).config.signals.traces.isGzip;
  expect(gzipOf({})).toBe(isGzip);
  expect(gzipOf({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' })).toBe(true);
  expect(gzipOf({ OTEL_EXPORTER_OTLP_COMPRESSION: 'none' })).toBe(false);
});

it.each([
  [{}, undefined, 0],
  [{ NIGHTJAR_METRICS_PORT: '9464' }, { host: '127.0.0.1', port: 9464 }, 0],
  [
    { OTEL_EXPORTER_PROMETHEUS_PORT: '9464', OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0' },
    { host: '0.0.0.0', port: 9464 },
    0,
  ],
  [{ NIGHTJAR_METRICS_PORT: '1', OTEL_EXPORTER_PROMETHEUS_PORT: '2' }, { host: '127.0.0.1', port: 1 }, 0],
  [{ NIGHTJAR_METRICS_PORT: 'http://:::' }, undefined, 1],
])('%j serves own metrics at %j', (env, metricsAddress, warnings) => {
  const loaded = loadConfig({}, env);
  expect(loaded.config.metricsAddress).toEqual(metricsAddress);
  expect(loaded.warnings).toHaveLength(warnings);
});

it('compresses by where each signal goes', () => {
  const { config } = loadConfig({}, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://far.test/v1/traces' });
  expect([config.signals.traces.isGzip, config.signals.logs.isGzip]).toEqual([true, false]);
});

it.each([
  ['tracecontext, baggage', []],
  ['b3,tracecontext', [expect.stringContaining('OTEL_PROPAGATORS=b3 is not supported')]],
])('says which propagators it does not know: %s', (named, expected) => {
  expect(loadConfig({}, { OTEL_PROPAGATORS: named }).warnings).toEqual(expected);
});
