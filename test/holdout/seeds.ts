import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An N+1 put into an app on purpose. Its comment stands on the line that causes it: `// n+1: /route table.column`. */
export interface Seed {
  readonly route: string;
  /** Lines that may be named: a chained call spans several. */
  readonly places: readonly string[];
  /** Table, collection, command or first segment of the path that repeats. */
  readonly target: string;
  /** Absent for writes, Redis and HTTP. */
  readonly column: string | undefined;
}

export interface AppRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

export interface AppSource {
  readonly requests: readonly AppRequest[];
  readonly seeds: readonly Seed[];
  /** Routes that ask one thing again with the same values: `// duplicate: /route`. */
  readonly repeats: readonly string[];
}

const notSource = /^(?:node_modules|dist|generated)$/;

/** Reads the routes of an app and what was seeded in them out of its own source. */
export function readSource(dir: string, app: string): AppSource {
  const requests: AppRequest[] = [];
  const seeds = new Map<string, Seed>();
  const repeats: string[] = [];
  for (const file of sourceFiles(join(dir, app))) {
    const text = readFileSync(join(dir, app, file), 'utf8');
    for (const [, method, path] of text.matchAll(/app\.(get|post)\('([^']+)'/g)) {
      requests.push({ method: (method ?? '').toUpperCase(), path: path ?? '' });
    }
    for (const [, method, path] of text.matchAll(/^\s*(?:\/\/|#) request: (GET|POST) (\S+)$/gm)) {
      requests.push({ method: method ?? '', path: path ?? '' });
    }
    for (const [, route] of text.matchAll(/\/\/ duplicate: (\S+)$/gm)) repeats.push(route ?? '');
    for (const [index, line] of text.split('\n').entries()) {
      const marks = /(?:\/\/|#) n\+1: (.+?) ([^\s#]+)(?: #\})?$/.exec(line);
      if (marks === null) continue;
      const [target = '', column] = (marks[2] ?? '').split('.');
      for (const route of (marks[1] ?? '').split(' ')) {
        const key = `${route} ${target} ${column ?? ''}`;
        const places = [...(seeds.get(key)?.places ?? []), `${app}/${file}:${index + 1}`];
        seeds.set(key, { route, places, target, column });
      }
    }
  }
  return { requests, seeds: [...seeds.values()], repeats };
}

function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (notSource.test(entry.name)) return [];
    if (entry.isDirectory()) return sourceFiles(join(dir, entry.name)).map((file) => `${entry.name}/${file}`);
    return /\.(?:[cm]?[jt]s|py|html)$/.test(entry.name) ? [entry.name] : [];
  });
}
