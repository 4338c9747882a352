import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { repositoryDir } from '../support/paths.ts';

export interface SourceFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}
export interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** As written, but relative ones as paths from the top. */
  readonly imports: readonly string[];
  readonly functions: readonly SourceFunction[];
}

const roots = ['agent', 'alerts', 'collector', 'ui', 'test'];
const skippedDirs = new Set([
  'node_modules',
  'generated',
  'dist',
  'dist-types',
  'data',
  'n-plus-one-cases',
  '.artifacts',
]);

export function readSources(): SourceFile[] {
  return roots
    .flatMap((root) => sourcePaths(join(repositoryDir, root)))
    .map((absolute) => {
      const path = relative(repositoryDir, absolute).split(sep).join('/');
      return parseSource(path, readFileSync(absolute, 'utf8'));
    });
}

function sourcePaths(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skippedDirs.has(entry.name) ? [] : sourcePaths(join(dir, entry.name));
    return /\.(ts|tsx|js|mjs|cjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts')
      ? [join(dir, entry.name)]
      : [];
  });
}

export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  const problem = parsed.errors.at(0);
  if (problem !== undefined) throw new Error(`${path}: ${problem.message}`);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const specifiers = [
    ...staticImports.map((found) => found.moduleRequest.value),
    ...staticExports.flatMap((found) => found.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...dynamicImports.flatMap((found) =>
      literal(text.slice(found.moduleRequest.start, found.moduleRequest.end)),
    ),
  ];
  const lineOf = lineCounter(text);
  return {
    path,
    text,
    lines: text.replace(/\n$/, '').split('\n').length,
    imports: [...new Set(specifiers)].map((specifier) => fromTop(path, specifier)),
    functions: functionsIn(parsed.program, lineOf),
  };
}

function literal(expression: string): string[] {
  const found = /^(['"`])([^'"`$]*)\1$/.exec(expression.trim());
  return found?.[2] === undefined ? [] : [found[2]];
}

function fromTop(path: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
}

function lineCounter(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index);
  return (offset) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}
const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function functionsIn(program: unknown, lineOf: (offset: number) => number): SourceFunction[] {
  const found: SourceFunction[] = [];
  const visit = (value: unknown, parent: Node | undefined): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, parent);
      return;
    }
    if (!isNode(value)) return;
    if (functionTypes.has(value.type) && !isGroupOfTests(parent)) {
      const line = lineOf(value.start);
      found.push({ name: nameOf(value, parent), line, lines: lineOf(value.end) - line + 1 });
    }
    for (const key in value) visit(value[key], value);
  };
  visit(program, undefined);
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}

/** `describe` is a heading, not a function that does something. */
function isGroupOfTests(parent: Node | undefined): boolean {
  let callee: unknown = parent?.type === 'CallExpression' ? parent['callee'] : undefined;
  while (isNode(callee) && callee.type !== 'Identifier') callee = callee['object'] ?? callee['callee'];
  return isNode(callee) && callee['name'] === 'describe';
}

function nameOf(node: Node, parent: Node | undefined): string {
  for (const holder of [node['id'], parent?.['id'], parent?.['key']]) {
    if (isNode(holder) && typeof holder['name'] === 'string') return holder['name'];
  }
  return '(anonymous)';
}
