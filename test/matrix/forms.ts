import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nightjar } from '@nightjar/agent/esbuild';
import { build, type BuildOptions } from 'esbuild';
import { repositoryDir, type TempDir } from '../support/paths.ts';

/** One way in which users run an app with the agent. */
export interface Form {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly routes: readonly Route[];
}

export interface Route {
  readonly path: string;
  readonly queries: number;
  /** Where its N+1 is. */
  readonly place?: Place;
}

export interface Place {
  readonly file: string;
  readonly line: number;
}

export const bookCount = 12;
const appsDir = fileURLToPath(new URL('apps/', import.meta.url));
const preload = '@nightjar/agent/register';

/** Builds what is bundled. Nothing that a bundle holds can be found on disk from where it runs. */
export async function buildForms(dir: TempDir): Promise<readonly Form[]> {
  const outside = join(dir.path, 'deployed');
  mkdirSync(join(outside, 'node_modules/@nightjar'), { recursive: true });
  symlinkSync(join(repositoryDir, 'agent'), join(outside, 'node_modules/@nightjar/agent'), 'dir');
  // Libraries that stay outside of a bundle are found from where it lies.
  const inside = join(repositoryDir, 'test/.artifacts/matrix');
  await Promise.all([
    bundle({ packages: 'external', format: 'esm', outfile: join(inside, 'external.mjs') }),
    bundle({ packages: 'external', format: 'cjs', outfile: join(inside, 'external.cjs') }),
    bundle({ plugins: [nightjar()], format: 'cjs', outfile: join(outside, 'bundle.cjs') }),
    bundle({
      plugins: [nightjar()],
      format: 'esm',
      minify: true,
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      outfile: join(outside, 'bundle.mjs'),
    }),
  ]);
  const bundled = { routes: bundledRoutes() };
  return [
    { name: 'ESM', args: ['--import', preload, 'app.mjs'], cwd: appsDir, routes: plainRoutes('app.mjs') },
    {
      name: 'CommonJS',
      args: ['--require', preload, 'app.cjs'],
      cwd: appsDir,
      routes: plainRoutes('app.cjs'),
    },
    {
      name: 'CommonJS by NODE_OPTIONS',
      args: ['app.cjs'],
      env: { NODE_OPTIONS: `--import ${preload}` },
      cwd: appsDir,
      routes: plainRoutes('app.cjs'),
    },
    {
      name: 'esbuild, libraries outside, ESM',
      args: ['--import', preload, 'external.mjs'],
      cwd: inside,
      ...bundled,
    },
    {
      name: 'esbuild, libraries outside, CommonJS',
      args: ['--require', preload, 'external.cjs'],
      cwd: inside,
      ...bundled,
    },
    {
      name: 'esbuild with our plugin, CommonJS',
      args: ['--require', preload, 'bundle.cjs'],
      cwd: outside,
      ...bundled,
    },
    {
      name: 'esbuild with our plugin, ESM, minified',
      args: ['--import', preload, 'bundle.mjs'],
      cwd: outside,
      ...bundled,
    },
  ];
}

async function bundle(options: BuildOptions): Promise<void> {
  await build({
    entryPoints: [join(appsDir, 'bundled/main.ts')],
    bundle: true,
    platform: 'node',
    sourcemap: true,
    logLevel: 'error',
    // The native addon of pg is not installed: pg asks for it only when told to.
    external: ['pg-native'],
    ...options,
  });
}

function plainRoutes(file: string): readonly Route[] {
  return [
    { path: '/books', queries: bookCount + 1, place: placeOf(file, '// n+1') },
    { path: '/books/joined', queries: 1 },
  ];
}

function bundledRoutes(): readonly Route[] {
  const file = 'bundled/books.ts';
  return [
    { path: '/books', queries: bookCount + 1, place: placeOf(file, '// n+1: /books\n') },
    { path: '/books/joined', queries: 1 },
    { path: '/books/drizzle', queries: bookCount + 1, place: placeOf(file, '// n+1: /books/drizzle\n') },
  ];
}

function placeOf(file: string, mark: string): Place {
  const before = readFileSync(join(appsDir, file), 'utf8').split(mark);
  if (before.length !== 2) throw new Error(`${file} holds ${before.length - 1} times ${mark}`);
  return { file, line: before[0]?.split('\n').length ?? 0 };
}
