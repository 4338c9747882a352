import { expect, it } from 'vitest';
import { StorageError } from '../storage/index.ts';
import { explainStorage } from './explain-storage.ts';

it.each([
  ['timeout', 'query_timeout', 504],
  ['too_large', 'query_timeout', 504],
  ['busy', 'overloaded', 503],
  ['unavailable', 'storage_unavailable', 503],
  ['locked', 'storage_unavailable', 503],
] as const)('answers an engine that says %s with %s', (kind, code, status) => {
  expect(explainStorage(new StorageError(kind, 'SELECT secret'))).toMatchObject({ code, status });
  expect(explainStorage(new StorageError(kind, 'SELECT secret'))?.message).not.toContain('secret');
});

it('leaves faults of this program to be reported as such', () => {
  expect(explainStorage(new StorageError('rejected', 'no such column'))).toBeUndefined();
  expect(explainStorage(new TypeError('x'))).toBeUndefined();
});
