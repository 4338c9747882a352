import { lateCallSites, patchMethods } from './late-call-sites.ts';
import type { LateLibrary } from './late-call-sites.ts';
import { patchPrisma } from './prisma-call-sites.ts';
import type { InstrumentationRow } from './row.ts';

const LIBRARIES: readonly LateLibrary[] = [
  {
    name: 'mysql2',
    files: ['lib/base/pool', 'lib/pool'],
    patch: (exports, { startsWithCallback: calls, waits }) => {
      patchMethods(exports, { query: calls, execute: calls, getConnection: waits });
      return exports;
    },
  },
  {
    name: 'knex',
    files: [
      'lib/client',
      ...['postgres', 'mysql', 'sqlite3', 'mssql', 'cockroachdb'].map((name) => `lib/dialects/${name}/index`),
    ],
    patch: (exports, { builds, makesRunner }) => {
      patchMethods(exports, { queryBuilder: builds, raw: builds, runner: makesRunner });
      return exports;
    },
  },
  {
    name: 'typeorm',
    files: [
      'query-builder/RelationLoader',
      'query-builder/SelectQueryBuilder',
      'entity-manager/EntityManager',
    ],
    patch: (exports, { starts }) => {
      patchMethods(Reflect.get(exports, 'RelationLoader'), { load: starts });
      for (const name of ['SelectQueryBuilder', 'EntityManager'])
        patchMethods(
          Reflect.get(exports, name),
          Object.fromEntries(TYPEORM_READS.map((read) => [read, starts])),
        );
      return exports;
    },
  },
  {
    name: '@mikro-orm/core',
    files: ['EntityManager'],
    patch: (exports, { starts }) => {
      patchMethods(Reflect.get(exports, 'EntityManager'), { flush: starts });
      return exports;
    },
  },
  {
    name: 'mongoose',
    patch: (exports, { builds, runs }) => {
      const query: unknown =
        Reflect.get(exports, 'Query') ?? Reflect.get(Reflect.get(exports, 'default') ?? {}, 'Query');
      patchMethods(query, {
        ...Object.fromEntries(MONGOOSE_OPERATIONS.map((name) => [name, builds])),
        exec: runs,
      });
      return exports;
    },
  },
  { name: '@prisma/client', files: ['runtime/client', 'runtime/library'], patch: patchPrisma },
];

const TYPEORM_READS = [
  'getOne',
  'getMany',
  'getManyAndCount',
  'getCount',
  'getRawOne',
  'getRawMany',
  'getRawAndEntities',
  'getExists',
  'find',
  'findBy',
  'findAndCount',
  'findOne',
  'findOneBy',
  'findOneOrFail',
  'findOneByOrFail',
  'count',
  'countBy',
  'exists',
  'existsBy',
] as const;

const MONGOOSE_OPERATIONS = [
  'find',
  'findOne',
  'findOneAndUpdate',
  'findOneAndDelete',
  'findOneAndReplace',
  'countDocuments',
  'estimatedDocumentCount',
  'distinct',
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
] as const;

/** After the instrumentations of the same packages, so that their spans start inside of these wraps. */
export const LATE: readonly InstrumentationRow[] = LIBRARIES.map((library) => ({
  name: `${library.name}-call-sites`,
  packages: [library.name],
  create: ({ tracker }) => lateCallSites(tracker, library),
}));
