import type { HookFacts, LibraryFacts, ProcessFacts } from './facts.ts';

export type LibraryStatus = 'hooked' | 'not_hooked' | 'not_loaded' | 'off' | 'absent';

export interface DiagnosisRow {
  readonly library: string;
  readonly status: LibraryStatus;
  readonly version: string | undefined;
  /** '' when there is nothing to explain. */
  readonly why: string;
  /** One line to type or change; '' when there is nothing to mend. */
  readonly fix: string;
}

export interface Bundle {
  readonly file: string;
  /** Packages whose code is inside it. */
  readonly packages: ReadonlySet<string>;
}

export const START_FIX = 'start with: node --import @nightjar/agent/register app.js';

/** What needs a hand first, then what is hooked, then the rest. */
export function diagnose(facts: KnownFacts, bundle: Bundle | undefined): readonly DiagnosisRow[] {
  const rows = facts.libraries.map((library) => diagnoseOne(library, { facts, bundle }));
  return rows.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
}

const ORDER: readonly LibraryStatus[] = ['not_hooked', 'hooked', 'off', 'not_loaded', 'absent'];

type KnownFacts = Pick<ProcessFacts, 'libraries' | 'loaded' | 'loadedBefore' | 'loadedBeforeStart'>;

interface Case {
  readonly facts: KnownFacts;
  readonly bundle: Bundle | undefined;
}

function diagnoseOne(library: LibraryFacts, { facts, bundle }: Case): DiagnosisRow {
  const { name, packages, hooks } = library;
  const version = hooks.find((hook) => hook.version !== undefined)?.version;
  const row = (status: LibraryStatus, why = '', fix = ''): DiagnosisRow => ({
    library: name,
    status,
    version,
    why,
    fix,
  });
  const bundled = packages.find(
    (one) => bundle?.packages.has(one) === true && facts.loaded[one] === undefined,
  );
  const loaded = packages.find((one) => facts.loaded[one] !== undefined);
  const isEarly = packages.some((one) => facts.loadedBefore.includes(one));
  const isBeforeStart = packages.some((one) => facts.loadedBeforeStart.includes(one));
  const isTaken = hooks.some((hook) => hook.isTaken);
  if (library.isDisabled) return row('off', 'named in OTEL_NODE_DISABLED_INSTRUMENTATIONS', '');
  // Turned on though it is nowhere on disk, or taken with no file loaded: the bundle has told of it.
  const isTold =
    library.isOn && loaded === undefined && packages.length > 0 && (isTaken || !library.isInstalled);
  if (isTold && (isTaken || hooks.length === 0))
    return row('hooked', bundled === undefined ? '' : `in the bundle ${bundle?.file}`);
  if (isTold) return row('not_hooked', ...reasonOf(hooks, { name, form: undefined }));
  if (bundled !== undefined && bundle !== undefined) {
    return row('not_hooked', `bundled into ${bundle.file}`, bundleFix(bundled));
  }
  if (!library.isInstalled) return row('absent', 'not installed');
  if (isBeforeStart) return row('not_hooked', 'loaded before the app calls start()', START_FIX);
  if (isEarly && !isTaken) return row('not_hooked', 'loaded before the agent', START_FIX);
  if (isEarly)
    return row(
      'hooked',
      'but loaded before the agent too: what was made of it then is not traced',
      START_FIX,
    );
  if (packages.length > 0 && loaded === undefined) return row('not_loaded', 'installed, not loaded so far');
  if (!library.isOn)
    return row('not_hooked', 'its instrumentation failed to load', 'see the agent line on stderr');
  if (hooks.length === 0 || isTaken) return row('hooked');
  return row('not_hooked', ...reasonOf(hooks, { name: loaded ?? name, form: facts.loaded[loaded ?? name] }));
}

function bundleFix(name: string): string {
  return `build with the plugin of @nightjar/agent/esbuild, or leave it out: --external:${name}`;
}

interface LoadedPackage {
  readonly name: string;
  readonly form: 'commonjs' | 'module' | undefined;
}

function reasonOf(hooks: readonly HookFacts[], { name, form }: LoadedPackage): [why: string, fix: string] {
  const seen = hooks.find(({ version }) => version !== undefined);
  if (seen !== undefined) {
    const supported = hooks.filter(({ module }) => module === seen.module).flatMap((hook) => hook.supported);
    const range = supported.join(' || ');
    return [
      `version ${seen.version} is not supported (${range})`,
      `npm install ${seen.module}@"${supported.at(-1)}"`,
    ];
  }
  if (form === 'module') return ['an ES module, loaded past the hook', START_FIX];
  return ['loaded, but not by the hook', `${START_FIX}; if it is, report it with the version of ${name}`];
}
