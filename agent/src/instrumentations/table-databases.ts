import type { Span } from '@opentelemetry/api';
import { PARAMETER_HASH } from '../attributes.ts';
import { parameterHasher } from '../export/redact.ts';
import { DrizzleCallSites } from './drizzle-call-sites.ts';
import { loadPackage } from './load-package.ts';
import { PgPoolContext } from './pg-pool-context.ts';
import { PgQueries } from './pg-queries.ts';
import { redisStatement } from './redis-statement.ts';
import type { InstrumentationRow } from './row.ts';

export const DATABASES: readonly InstrumentationRow[] = [
  { name: 'pg', packages: ['pg'], create: () => new PgQueries() },
  { name: 'pg-pool', packages: ['pg-pool'], create: ({ tracker }) => new PgPoolContext(tracker) },
  { name: 'drizzle', packages: ['drizzle-orm'], create: ({ tracker }) => new DrizzleCallSites(tracker) },
  {
    name: 'mysql',
    packages: ['mysql'],
    create: () => {
      const { MySQLInstrumentation } = loadPackage('@opentelemetry/instrumentation-mysql');
      return new MySQLInstrumentation();
    },
  },
  {
    name: 'mysql2',
    packages: ['mysql2'],
    create: () => {
      const { MySQL2Instrumentation } = loadPackage('@opentelemetry/instrumentation-mysql2');
      return new MySQL2Instrumentation();
    },
  },
  {
    name: 'tedious',
    packages: ['tedious'],
    create: () => {
      const { TediousInstrumentation } = loadPackage('@opentelemetry/instrumentation-tedious');
      return new TediousInstrumentation();
    },
  },
  {
    name: 'mongodb',
    packages: ['mongodb'],
    create: () => {
      const { MongoDBInstrumentation } = loadPackage('@opentelemetry/instrumentation-mongodb');
      return new MongoDBInstrumentation({ enhancedDatabaseReporting: false });
    },
  },
  {
    name: 'mongoose',
    packages: ['mongoose'],
    create: () => {
      const { MongooseInstrumentation } = loadPackage('@opentelemetry/instrumentation-mongoose');
      return new MongooseInstrumentation({ requireParentSpan: true });
    },
  },
  {
    name: 'redis',
    packages: ['redis', '@redis/client'],
    create: () => {
      const { RedisInstrumentation } = loadPackage('@opentelemetry/instrumentation-redis');
      return new RedisInstrumentation({ dbStatementSerializer: redisStatement, requireParentSpan: true });
    },
  },
  {
    name: 'ioredis',
    packages: ['ioredis'],
    create: () => {
      const { IORedisInstrumentation } = loadPackage('@opentelemetry/instrumentation-ioredis');
      return new IORedisInstrumentation({
        dbStatementSerializer: redisStatement,
        requireParentSpan: true,
        requestHook: (span, { cmdArgs }) => setParameterHash(span, cmdArgs),
      });
    },
  },
  {
    name: 'knex',
    packages: ['knex'],
    create: () => {
      const { KnexInstrumentation } = loadPackage('@opentelemetry/instrumentation-knex');
      return new KnexInstrumentation({ requireParentSpan: true });
    },
  },
  {
    name: 'prisma',
    packages: ['@prisma/client'],
    create: () => {
      const { PrismaInstrumentation } = loadPackage('@prisma/instrumentation');
      return new PrismaInstrumentation({ ignoreSpanTypes: PRISMA_NOISE });
    },
  },
  {
    name: 'memcached',
    packages: ['memcached'],
    create: () => {
      const { MemcachedInstrumentation } = loadPackage('@opentelemetry/instrumentation-memcached');
      return new MemcachedInstrumentation();
    },
  },
  {
    name: 'cassandra-driver',
    packages: ['cassandra-driver'],
    create: () => {
      const { CassandraDriverInstrumentation } = loadPackage(
        '@opentelemetry/instrumentation-cassandra-driver',
      );
      return new CassandraDriverInstrumentation();
    },
  },
];

const PRISMA_NOISE = [
  /^prisma:(client|engine):(serialize|load_engine|connect|connection|detach|disconnect|compile)$/,
];

/** Bound values never leave the process: their salted hash does. */
function setParameterHash(span: Span, values: readonly unknown[] | undefined): void {
  const hash = parameterHasher.ofValues(values);
  if (hash !== undefined) span.setAttribute(PARAMETER_HASH, hash);
}
