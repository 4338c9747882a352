import type { RequestOptions } from 'node:http';
import { FastifyRoutes } from './fastify-routes.ts';
import { HttpServers } from './http-servers.ts';
import { loadPackage } from './load-package.ts';
import type { InstrumentationRow } from './row.ts';

/** What receives or sends requests. Middleware layers make no span: they cost as much as a query and say less. */
export const SERVERS: readonly InstrumentationRow[] = [
  { name: 'http', packages: [], create: ({ onResponse }) => new HttpServers(onResponse) },
  {
    name: 'http-client',
    partOf: 'http',
    packages: [],
    create: ({ isOwnExport }) => {
      const { HttpInstrumentation } = loadPackage('@opentelemetry/instrumentation-http');
      return new HttpInstrumentation({
        disableIncomingRequestInstrumentation: true,
        ignoreOutgoingRequestHook: (request) => isOwnExport(addressOf(request)),
      });
    },
  },
  {
    name: 'undici',
    packages: [],
    create: ({ isOwnExport }) => {
      const { UndiciInstrumentation } = loadPackage('@opentelemetry/instrumentation-undici');
      return new UndiciInstrumentation({
        ignoreRequestHook: ({ origin, path }) => isOwnExport(`${origin}${path}`),
      });
    },
  },
  {
    name: 'express',
    packages: ['express'],
    create: () => {
      const { ExpressInstrumentation, ExpressLayerType } = loadPackage(
        '@opentelemetry/instrumentation-express',
      );
      return new ExpressInstrumentation({
        ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER],
      });
    },
  },
  {
    name: 'fastify',
    packages: ['fastify'],
    create: () => new FastifyRoutes(),
  },
  {
    name: 'koa',
    packages: ['koa'],
    create: () => {
      const { KoaInstrumentation, KoaLayerType } = loadPackage('@opentelemetry/instrumentation-koa');
      return new KoaInstrumentation({ ignoreLayersType: [KoaLayerType.MIDDLEWARE] });
    },
  },
  {
    name: 'hapi',
    packages: ['@hapi/hapi'],
    create: () => {
      const { HapiInstrumentation } = loadPackage('@opentelemetry/instrumentation-hapi');
      return new HapiInstrumentation();
    },
  },
  {
    name: 'nestjs-core',
    packages: ['@nestjs/core'],
    create: () => {
      const { NestInstrumentation } = loadPackage('@opentelemetry/instrumentation-nestjs-core');
      return new NestInstrumentation();
    },
  },
  {
    name: 'graphql',
    packages: ['graphql'],
    create: () => {
      const { GraphQLInstrumentation } = loadPackage('@opentelemetry/instrumentation-graphql');
      return new GraphQLInstrumentation({
        mergeItems: true,
        ignoreTrivialResolveSpans: true,
        allowValues: false,
      });
    },
  },
  {
    name: 'dataloader',
    packages: ['dataloader'],
    create: () => {
      const { DataloaderInstrumentation } = loadPackage('@opentelemetry/instrumentation-dataloader');
      return new DataloaderInstrumentation({ requireParentSpan: true });
    },
  },
  {
    name: 'grpc',
    packages: ['@grpc/grpc-js'],
    create: () => {
      const { GrpcInstrumentation } = loadPackage('@opentelemetry/instrumentation-grpc');
      return new GrpcInstrumentation();
    },
  },
];

function addressOf(request: RequestOptions): string {
  const host = request.hostname ?? request.host ?? 'localhost';
  return `${request.protocol ?? 'http:'}//${host}:${request.port ?? ''}${request.path ?? ''}`;
}
