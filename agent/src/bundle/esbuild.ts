/**
 * The plugin for esbuild: a bundle tells the agent of each library file that the agent would otherwise have met at
 * `require` or `import`. Without an agent in the process the telling is one call that nobody hears.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BUNDLED_MODULE_CHANNEL } from './bundled-module.ts';
import type { BundledModule } from './bundled-module.ts';
import { readHookedPackages } from './hooked-files.ts';
import type { HookedPackage } from './hooked-files.ts';

/** The part of esbuild's plugin interface that is used here; the agent does not depend on esbuild. */
export interface EsbuildPlugin {
  readonly name: string;
  readonly setup: (build: EsbuildBuild) => void;
}

export interface EsbuildBuild {
  onResolve(
    options: { filter: RegExp },
    callback: (args: { path: string }) => { path: string; external: boolean },
  ): void;
  onLoad(
    options: { filter: RegExp },
    callback: (args: { path: string }) => Promise<{ contents: string; loader: 'js' } | undefined>,
  ): void;
  resolve(
    path: string,
    options: { kind: 'import-statement' | 'require-call'; resolveDir: string },
  ): Promise<{ path: string }>;
}

export function nightjar(): EsbuildPlugin {
  return {
    name: 'nightjar',
    setup: (build) => {
      const hooked = readHookedPackages();
      const mainsOf = createMains(build);
      // The agent finds its own parts on disk, and has to be there before the bundle runs.
      build.onResolve({ filter: /^@nightjar\/agent(\/|$)/ }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: filterOf([...hooked.keys()]) }, async ({ path }) => {
        const file = placeOf(path);
        const known = file === undefined ? undefined : hooked.get(file.package);
        if (file === undefined || known === undefined) return undefined;
        const told = await messageOf(file, known, mainsOf);
        if (told === undefined) return undefined;
        const source = await readFile(path, 'utf8');
        const code = tellingCode(told, { path, isModule: isEsModule(file, source) });
        return { contents: `${source}\n${code}`, loader: 'js' };
      });
    },
  };
}

interface LibraryFile {
  readonly path: string;
  readonly package: string;
  /** Folder of the package. */
  readonly root: string;
  /** Folder of whoever has it installed. */
  readonly owner: string;
  /** Inside the package, with forward slashes. */
  readonly inside: string;
}

function placeOf(path: string): LibraryFile | undefined {
  const found = /^(.*)[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\](.+)$/.exec(path);
  const [, owner, name, inside] = found ?? [];
  if (owner === undefined || name === undefined || inside === undefined) return undefined;
  return {
    path,
    package: name.replace('\\', '/'),
    root: join(owner, 'node_modules', name),
    owner,
    inside: inside.replaceAll('\\', '/'),
  };
}

type Telling = Omit<BundledModule, 'exports'>;

async function messageOf(
  file: LibraryFile,
  { rowsOf }: HookedPackage,
  mainsOf: MainsOf,
): Promise<Telling | undefined> {
  const names: string[] = [];
  const full = `${file.package}/${file.inside}`;
  for (const name of rowsOf.keys()) {
    const isIt = FILE.test(name) ? name === full : (await mainsOf(name, file.owner)).includes(file.path);
    if (isIt) names.push(name);
  }
  if (names.length === 0) return undefined;
  const rows = new Set(names.flatMap((name) => [...(rowsOf.get(name) ?? [])]));
  return { package: file.package, version: versionOf(file.root), names, rows: [...rows] };
}

const FILE = /\.[cm]?js$/;

type MainsOf = (name: string, owner: string) => Promise<readonly string[]>;

/** A package may have a main module for `import` and another for `require`. */
function createMains(build: EsbuildBuild): MainsOf {
  const known = new Map<string, Promise<readonly string[]>>();
  return (name, resolveDir) => {
    const key = `${resolveDir}\n${name}`;
    const mains =
      known.get(key) ??
      Promise.all(
        (['require-call', 'import-statement'] as const).map(
          async (kind) => (await build.resolve(name, { kind, resolveDir })).path,
        ),
      );
    known.set(key, mains);
    return mains;
  };
}

function versionOf(root: string): string {
  const version: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  return typeof version === 'string' ? version : '';
}

/** As Node and esbuild tell: by the extension, the nearest package.json, and what stands in the file. */
function isEsModule({ path, root }: LibraryFile, source: string): boolean {
  if (path.endsWith('.mjs')) return true;
  if (path.endsWith('.cjs')) return false;
  for (let folder = dirname(path); folder.length >= root.length; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) continue;
    if (JSON.parse(readFileSync(manifest, 'utf8')).type === 'module') return true;
    break;
  }
  return /^(?:import\b\s*[\w{*"']|export\b\s*[\w{*])/m.test(source);
}

function tellingCode(told: Telling, { path, isModule }: { path: string; isModule: boolean }): string {
  const channel = `process.getBuiltinModule('node:diagnostics_channel').channel('${BUNDLED_MODULE_CHANNEL}')`;
  const fields = JSON.stringify(told).slice(1, -1);
  // An ES module's exports stay as they are, but what hangs on them, such as a prototype, can be changed.
  if (isModule)
    return [
      `import * as nightjarSelf from ${JSON.stringify(`./${basename(path)}`)};`,
      `${channel}.publish({ ${fields}, exports: nightjarSelf });`,
    ].join('\n');
  return [
    `{ const nightjarTold = { ${fields}, exports: module.exports };`,
    `${channel}.publish(nightjarTold);`,
    'module.exports = nightjarTold.exports; }',
  ].join(' ');
}

function filterOf(packages: readonly string[]): RegExp {
  const names = packages.map((name) => name.replaceAll('.', String.raw`\.`).replace('/', String.raw`[/\\]`));
  return new RegExp(String.raw`[/\\]node_modules[/\\](?:${names.join('|')})[/\\].+\.[cm]?js$`);
}
