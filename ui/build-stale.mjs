// Builds the dashboard when a source is newer than the last build, and says nothing when none is.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = dirname(fileURLToPath(import.meta.url));
const sources = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'package.json',
  '../collector/src/contract',
  '../alerts/schema',
];

function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A directory's own time tells of files removed from it.
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestMs(join(path, name))),
    stat.mtimeMs,
  );
}

function builtMs() {
  try {
    return statSync(join(root, 'dist', 'index.html')).mtimeMs;
  } catch {
    return 0;
  }
}

const newestSourceMs = Math.max(...sources.map((path) => newestMs(join(root, path))));
if (newestSourceMs > builtMs()) {
  console.log('Building the dashboard…');
  await build({ root, logLevel: 'warn' });
}
