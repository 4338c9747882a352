import { AmqplibDepth } from './amqplib-depth.ts';
import { BullJobs } from './bull-jobs.ts';
import { BullmqTelemetry } from './bullmq-telemetry.ts';
import { BunyanLines } from './bunyan-lines.ts';
import { KafkajsLag, noteKafkaWait } from './kafkajs-lag.ts';
import { loadPackage } from './load-package.ts';
import { PgBossJobs } from './pg-boss-jobs.ts';
import { PinoLines } from './pino-lines.ts';
import { PromClientRegistries } from './prom-client.ts';
import type { InstrumentationRow } from './row.ts';
import { SqsDepth } from './sqs-depth.ts';

export const MESSAGING: readonly InstrumentationRow[] = [
  { name: 'bullmq', packages: ['bullmq'], create: ({ queues }) => new BullmqTelemetry(queues) },
  { name: 'bull', packages: ['bull'], create: ({ queues }) => new BullJobs(queues) },
  { name: 'pg-boss', packages: ['pg-boss'], create: ({ queues }) => new PgBossJobs(queues) },
  {
    name: 'amqplib',
    packages: ['amqplib'],
    create: () => {
      const { AmqplibInstrumentation } = loadPackage('@opentelemetry/instrumentation-amqplib');
      return new AmqplibInstrumentation();
    },
  },
  {
    name: 'amqplib-depth',
    partOf: 'amqplib',
    packages: ['amqplib'],
    create: ({ queues }) => new AmqplibDepth(queues),
  },
  {
    name: 'kafkajs',
    packages: ['kafkajs'],
    create: ({ queues }) => {
      const { KafkaJsInstrumentation } = loadPackage('@opentelemetry/instrumentation-kafkajs');
      return new KafkaJsInstrumentation({
        consumerHook: (span, taken) => noteKafkaWait(queues, span, taken),
      });
    },
  },
  {
    name: 'kafkajs-lag',
    partOf: 'kafkajs',
    packages: ['kafkajs'],
    create: ({ queues }) => new KafkajsLag(queues),
  },
  {
    name: 'aws-sdk',
    packages: [
      'aws-sdk',
      '@aws-sdk/client-s3',
      '@aws-sdk/client-sqs',
      '@aws-sdk/client-dynamodb',
      '@smithy/smithy-client',
    ],
    create: () => {
      const { AwsInstrumentation } = loadPackage('@opentelemetry/instrumentation-aws-sdk');
      return new AwsInstrumentation({ suppressInternalInstrumentation: true });
    },
  },
  {
    name: 'sqs-depth',
    partOf: 'aws-sdk',
    packages: ['@aws-sdk/client-sqs'],
    create: ({ queues }) => new SqsDepth(queues),
  },
];

/** Trace ids in each line, and the lines shipped as OTLP logs. */
export const LOGS: readonly InstrumentationRow[] = [
  {
    name: 'pino',
    packages: ['pino'],
    create: ({ areLogsShipped = true }) => new PinoLines({ areLinesShipped: areLogsShipped }),
  },
  {
    name: 'winston',
    packages: ['winston'],
    create: () => {
      const { WinstonInstrumentation } = loadPackage('@opentelemetry/instrumentation-winston');
      return new WinstonInstrumentation();
    },
  },
  { name: 'bunyan', packages: ['bunyan'], create: () => new BunyanLines() },
];

/** The timer that feels for the delay of the event loop wakes an idle process: half as often as it would, 50 readings a second are plenty. */
const LOOP_DELAY_EVERY_MS = 20;

export const RUNTIME: readonly InstrumentationRow[] = [
  {
    name: 'prom-client',
    packages: ['prom-client'],
    create: ({ registries }) => new PromClientRegistries(registries),
  },
  {
    name: 'runtime-node',
    packages: [],
    create: () => {
      const { RuntimeNodeInstrumentation } = loadPackage('@opentelemetry/instrumentation-runtime-node');
      return new RuntimeNodeInstrumentation({ monitoringPrecision: LOOP_DELAY_EVERY_MS });
    },
  },
];
