import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawStack } from '../tracker/call-site.ts';
import { pendingSiteIn } from '../tracker/pending-site.ts';
import { createLateSites, type Method } from './late-sites.ts';
import { patchMethods } from './late-call-sites.ts';
import { patchPrisma } from './prisma-call-sites.ts';

const manager = new AsyncLocalStorageContextManager();
beforeAll(() => context.setGlobalContextManager(manager.enable()));
afterAll(() => context.disable());

const pending = (): RawStack | undefined => pendingSiteIn(context.active())?.raw;

/** A tracker that hands out one stack a call of the app. */
function stacks() {
  const taken: RawStack[] = [];
  const stackOfBuild = (): RawStack => {
    const raw: RawStack = {};
    taken.push(raw);
    return raw;
  };
  return { taken, sites: createLateSites({ stackOfBuild }) };
}

describe('the stack of the app', () => {
  it('goes along with work that starts now', () => {
    const { taken, sites } = stacks();
    const run = sites.starts(() => pending());
    expect(run.call({})).toBe(taken[0]);
    expect(pending()).toBeUndefined();
  });

  it('is taken once for calls inside calls', () => {
    const { taken, sites } = stacks();
    const inner = sites.starts(() => pending());
    const outer = sites.starts(() => inner.call({}));
    expect(outer.call({})).toBe(taken[0]);
    expect(taken).toHaveLength(1);
  });

  it('stays out of callbacks', () => {
    const { sites } = stacks();
    const run = sites.startsWithCallback((callback) => (callback as () => unknown)());
    expect(run.call({}, () => pending())).toBeUndefined();
  });

  it('leaves functions that are no callbacks as they are', () => {
    const { sites } = stacks();
    class Author {
      id = 1;
    }
    expect(sites.starts((entity) => entity).call({}, Author)).toBe(Author);
    expect(sites.startsWithCallback((entity) => entity).call({}, Author, 1)).toBe(Author);
  });

  it('is kept by a builder until it runs', () => {
    const { taken, sites } = stacks();
    const builder = {};
    const build = sites.builds(() => builder);
    build.call({});
    build.call({});
    expect(sites.runs(() => pending()).call(builder)).toBe(taken[0]);
    const runner = sites.makesRunner(() => ({ run: () => pending() })).call({}, builder) as {
      run: () => unknown;
    };
    expect(runner.run()).toBe(taken[0]);
  });

  it('waits with a promise that works when awaited', async () => {
    const { taken, sites } = stacks();
    let seen: unknown;
    const make = sites.promises(() => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then: (done: (value: unknown) => void) => {
        seen = pending();
        done(1);
      },
    }));
    await (make.call({}) as PromiseLike<unknown>);
    expect(seen).toBe(taken[0]);
  });

  it('is given to nobody when the request needs none', () => {
    const sites = createLateSites({ stackOfBuild: () => undefined });
    const plain: Method = () => pending();
    for (const wrap of [sites.starts, sites.startsWithCallback, sites.runs, sites.defers])
      expect(wrap(plain).call({})).toBeUndefined();
  });
});

describe('patching', () => {
  it('wraps what a class has of its own, once', () => {
    class Pool {
      query(): number {
        return 1;
      }
    }
    let wraps = 0;
    const wrap = (method: Method): Method => {
      wraps++;
      return method;
    };
    patchMethods(Pool, { query: wrap, execute: wrap });
    patchMethods(Pool, { query: wrap });
    patchMethods(undefined, { query: wrap });
    expect(wraps).toBe(1);
  });

  it('reaches queries of Prisma, in transactions too', async () => {
    const { taken, sites } = stacks();
    const seen: unknown[] = [];
    const lazy = () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then: (done: (value: unknown) => void) => {
        seen.push(pending());
        done(undefined);
      },
    });
    class Client {
      _createPrismaPromise = (work: () => unknown): unknown => work();
      _createItxClient = (): object => ({ author: { findMany: lazy }, $on: 1 });
    }
    const exports = Object.freeze({ getPrismaClient: () => Client, other: 2 });
    const patched = patchPrisma(exports, sites);
    const Patched = (Reflect.get(patched, 'getPrismaClient') as () => typeof Client)();
    const client = new Patched();
    expect(client._createPrismaPromise(() => pending())).toBe(taken[0]);
    const transaction = client._createItxClient() as {
      author: { findMany: () => PromiseLike<unknown> };
      $on: number;
    };
    await transaction.author.findMany();
    expect(seen).toEqual([taken[1]]);
    expect(seen[0]).toBe(taken[1]);
    expect(transaction.$on).toBe(1);
    expect(Reflect.get(patched, 'other')).toBe(2);
  });
});
