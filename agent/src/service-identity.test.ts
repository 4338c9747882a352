import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findServiceIdentity } from './service-identity.ts';

const root = mkdtempSync(join(tmpdir(), 'nightjar-identity-'));
mkdirSync(join(root, 'app/src'), { recursive: true });
writeFileSync(join(root, 'package.json'), '{"name":"outer","version":"9.0.0"}');
writeFileSync(join(root, 'app/package.json'), '{"name":"@acme/shop","version":"1.2.3"}');
writeFileSync(join(root, 'app/src/package.json'), '{"type":"module"}');

it.each([
  ['nearest package with a name above the main file', 'app/src/main.js', root, '@acme/shop', '1.2.3'],
  ['working directory when there is no main file', undefined, join(root, 'app'), '@acme/shop', '1.2.3'],
  ['nothing found', undefined, '/', 'unknown_service:node', undefined],
])('%s', (_, mainFile, cwd, name, version) => {
  expect(findServiceIdentity(mainFile, cwd)).toEqual({ name, version });
});
