#!/usr/bin/env node
// Kept to what every Node can parse: on one that is too old it must say so, not fail on syntax.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `nightjar needs Node 22.19 or newer; this is ${process.version}. Install it from https://nodejs.org/.`,
  );
  process.exit(78);
}

// Queries of the embedded engine run on libuv's pool, which reads its size once, on first use.
process.env.UV_THREADPOOL_SIZE ??= '16';

// Node 22 announces node:sqlite as experimental on every start; nobody who runs a collector can act on it.
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('SQLite is an experimental feature')) emitWarning(warning, ...rest);
};

import('../dist/main.js').then(
  ({ main }) => main(process.argv.slice(2)),
  (error) => {
    if (error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('dist/main.js')) {
      console.error('nightjar is not built. Run: npm run build');
    } else {
      console.error(error);
    }
    process.exit(1);
  },
);
