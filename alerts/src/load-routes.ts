import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { explainIssues, route, routeDepthMax, routeFile, routesMax } from '../schema/index.ts';
import type { Route } from '../schema/index.ts';
import { matcherProblem } from './delivery/matching.ts';

/** Beside the rules; not read as rules. */
export const routesFileName = 'routes.yaml';
export const routesFileBytesMax = 200_000;

export interface RouteProblem {
  readonly file: string;
  /** The route's name, or where it stands in the file; absent when it is the file itself. */
  readonly route?: string;
  /** `path: problem, remedy`. */
  readonly message: string;
}

export interface LoadedRoutes {
  readonly routes: readonly Route[];
  readonly problems: readonly RouteProblem[];
}

/** Reads `routes.yaml` of the folder; no file is no routes. A route with a problem is left out, the rest loads. */
export async function loadRoutes(dir: string, channels: readonly string[]): Promise<LoadedRoutes> {
  try {
    const bytes = await readFile(path.join(dir, routesFileName));
    if (bytes.length <= routesFileBytesMax) return parseRoutes(bytes.toString('utf8'), channels);
    return fileProblem(`larger than ${routesFileBytesMax} bytes, a route needs a few lines`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT') return { routes: [], problems: [] };
    return fileProblem(`cannot be read (${code}), check its permissions`);
  }
}

/** `channels` are the names that a route may go to. */
export function parseRoutes(text: string, channels: readonly string[]): LoadedRoutes {
  const document = parseDocument(text, { prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined)
    return fileProblem(`not valid YAML (${broken.code} at character ${broken.pos[0]}), correct it`);
  const content = routeFile.safeParse(toPlain(document));
  if (!content.success) return fileProblem('does not hold one list named routes, write routes: and a list');
  const routes: Route[] = [];
  const problems: RouteProblem[] = [];
  const taken = new Set<string>();
  content.data.routes.forEach((entry, index) => {
    const parsed = route.safeParse(entry);
    const where = parsed.success ? parsed.data.name : `routes.${index}`;
    const found = parsed.success
      ? treeProblems(parsed.data, { taken, channels, depth: 1 })
      : explainIssues(parsed.error, 'route');
    for (const message of found) problems.push({ file: routesFileName, route: where, message });
    if (parsed.success && found.length === 0) routes.push(parsed.data);
  });
  return { routes, problems };
}

interface Tree {
  readonly taken: Set<string>;
  readonly channels: readonly string[];
  readonly depth: number;
}

function treeProblems(node: Route, tree: Tree): string[] {
  const { taken, channels, depth } = tree;
  const problems: string[] = [];
  if (depth > routeDepthMax) return [`routes: deeper than ${routeDepthMax}, write some of them side by side`];
  if (taken.has(node.name)) problems.push(`name: ${node.name} is taken, choose another`);
  taken.add(node.name);
  if (taken.size > routesMax) problems.push(`route: there are more than ${routesMax} routes, remove some`);
  for (const matcher of node.match) {
    const problem = matcherProblem(matcher);
    if (problem !== undefined) problems.push(`match: ${problem}`);
  }
  for (const name of node.channels ?? [])
    if (!channels.includes(name))
      problems.push(`channels: there is no channel ${name}, add it to channels.yaml`);
  return [...problems, ...node.routes.flatMap((it) => treeProblems(it, { ...tree, depth: depth + 1 }))];
}

function fileProblem(message: string): LoadedRoutes {
  return { routes: [], problems: [{ file: routesFileName, message: `file: ${message}` }] };
}

// Alias bombs throw here; maxAliasCount keeps its default of 100.
function toPlain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
