import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

interface OwnPackages {
  readonly '@opentelemetry/instrumentation-amqplib': typeof import('@opentelemetry/instrumentation-amqplib');
  readonly '@opentelemetry/instrumentation-aws-sdk': typeof import('@opentelemetry/instrumentation-aws-sdk');
  readonly '@opentelemetry/instrumentation-bunyan': typeof import('@opentelemetry/instrumentation-bunyan');
  readonly '@opentelemetry/instrumentation-cassandra-driver': typeof import('@opentelemetry/instrumentation-cassandra-driver');
  readonly '@opentelemetry/instrumentation-dataloader': typeof import('@opentelemetry/instrumentation-dataloader');
  readonly '@opentelemetry/instrumentation-express': typeof import('@opentelemetry/instrumentation-express');
  readonly '@opentelemetry/instrumentation-graphql': typeof import('@opentelemetry/instrumentation-graphql');
  readonly '@opentelemetry/instrumentation-grpc': typeof import('@opentelemetry/instrumentation-grpc');
  readonly '@opentelemetry/instrumentation-hapi': typeof import('@opentelemetry/instrumentation-hapi');
  readonly '@opentelemetry/instrumentation-http': typeof import('@opentelemetry/instrumentation-http');
  readonly '@opentelemetry/instrumentation-ioredis': typeof import('@opentelemetry/instrumentation-ioredis');
  readonly '@opentelemetry/instrumentation-kafkajs': typeof import('@opentelemetry/instrumentation-kafkajs');
  readonly '@opentelemetry/instrumentation-knex': typeof import('@opentelemetry/instrumentation-knex');
  readonly '@opentelemetry/instrumentation-koa': typeof import('@opentelemetry/instrumentation-koa');
  readonly '@opentelemetry/instrumentation-memcached': typeof import('@opentelemetry/instrumentation-memcached');
  readonly '@opentelemetry/instrumentation-mongodb': typeof import('@opentelemetry/instrumentation-mongodb');
  readonly '@opentelemetry/instrumentation-mongoose': typeof import('@opentelemetry/instrumentation-mongoose');
  readonly '@opentelemetry/instrumentation-mysql': typeof import('@opentelemetry/instrumentation-mysql');
  readonly '@opentelemetry/instrumentation-mysql2': typeof import('@opentelemetry/instrumentation-mysql2');
  readonly '@opentelemetry/instrumentation-nestjs-core': typeof import('@opentelemetry/instrumentation-nestjs-core');
  readonly '@opentelemetry/instrumentation-pino': typeof import('@opentelemetry/instrumentation-pino');
  readonly '@opentelemetry/instrumentation-redis': typeof import('@opentelemetry/instrumentation-redis');
  readonly '@opentelemetry/instrumentation-runtime-node': typeof import('@opentelemetry/instrumentation-runtime-node');
  readonly '@opentelemetry/instrumentation-tedious': typeof import('@opentelemetry/instrumentation-tedious');
  readonly '@opentelemetry/instrumentation-undici': typeof import('@opentelemetry/instrumentation-undici');
  readonly '@opentelemetry/instrumentation-winston': typeof import('@opentelemetry/instrumentation-winston');
  readonly '@prisma/instrumentation': typeof import('@prisma/instrumentation');
}

/**
 * Loads one of the agent's own dependencies when it is needed, not at start: 30 instrumentations would cost every app
 * the start-up time of all of them. Synchronous, so that `--require` and `start()` work too.
 */
export function loadPackage<Name extends keyof OwnPackages>(name: Name): OwnPackages[Name] {
  return require(name) as OwnPackages[Name];
}
