import { expect, it } from 'vitest';
import { bannerText, instrumentCommand, reachableHost } from './banner.ts';

const here = {
  isLoopback: true,
  otlpHttp: 'http://127.0.0.1:4318',
  isKeyRequired: false,
  agentRegisterUrl: 'file:///srv/nightjar/agent/dist/register.js',
};

it.each([
  [here, 'OTEL_SERVICE_NAME=my-app node --import file:///srv/nightjar/agent/dist/register.js app.js'],
  [
    { ...here, otlpHttp: 'http://127.0.0.1:9318' },
    'OTEL_SERVICE_NAME=my-app OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9318 ' +
      'node --import file:///srv/nightjar/agent/dist/register.js app.js',
  ],
  [
    { ...here, isLoopback: false, isKeyRequired: true, otlpHttp: 'http://apm:4318' },
    'OTEL_SERVICE_NAME=my-app OTEL_EXPORTER_OTLP_ENDPOINT=http://apm:4318 ' +
      'OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer <ingest key>" node --import @nightjar/agent/register app.js',
  ],
])('gives a line to instrument an app', (options, line) => {
  expect(instrumentCommand(options)).toBe(line);
});

it.each([
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['::1', undefined, '[::1]'],
  ['0.0.0.0', undefined, 'box'],
  ['0.0.0.0', 'https://nightjar.example.com', 'nightjar.example.com'],
  ['10.0.0.5', 'https://nightjar.example.com', '10.0.0.5'],
])('a socket on %s (public address %s) is reached as %s', (host, publicUrl, expected) => {
  expect(reachableHost(host, { publicUrl, machine: 'box' })).toBe(expected);
});

it('shows every address', () => {
  const addresses = {
    dashboard: 'http://a:1',
    otlpHttp: 'http://a:2',
    otlpGrpc: 'http://a:3',
    instrumentCommand: 'run',
  };
  for (const shown of Object.values(addresses)) expect(bannerText(addresses)).toContain(shown);
});
