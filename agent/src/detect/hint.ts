import type { Call, CallKind } from './call.ts';
import type { Group } from './group.ts';
import { STACKS } from './hint-stacks.ts';
import type { StackHint } from './hint-stacks.ts';
import type { FindingKind } from './types.ts';

const ANCESTORS_MAX = 16;

const BY_KIND: Readonly<Record<Exclude<CallKind, 'sql'>, (call: Call) => string>> = {
  document: ({ entity, statement, isWrite }) =>
    isWrite
      ? `Write ${named(entity)} with one \`bulkWrite\` or \`insertMany\`.`
      : `Read ${named(entity)} once with \`${/\{([\w.]+)/.exec(statement)?.[1] ?? '_id'}: { $in: [...] }\` over all keys (or \`$lookup\`, \`populate\`, \`BatchGetItem\`) instead of one call a key.`,
  keyvalue: ({ entity, statement }) => keyValueHint(statement.split(' ', 1)[0] ?? '', entity),
  search: ({ entity }) => `Ask ${named(entity)} once with \`_mget\` or \`_msearch\`; write with \`_bulk\`.`,
  http: ({ entity, statement }) =>
    `Ask ${named(entity)} for all items of \`${statement}\` at once: a batch address or \`?ids=\`. Where it has none, limit how many requests run at once and keep answers in a cache.`,
  rpc: ({ entity }) =>
    `Add a method to ${named(entity)} that takes many ids, and call it once; where that is not possible, bound the concurrency and cache.`,
  publish: ({ entity }) => `Send the messages to ${named(entity)} as one batch.`,
};

/** The one command that does what many of another do. */
const MANY_KEYS: Readonly<Record<string, string>> = {
  GET: 'MGET',
  SET: 'MSET',
  HGET: 'HMGET',
  DEL: 'DEL',
  UNLINK: 'UNLINK',
  EXISTS: 'EXISTS',
};

function keyValueHint(command: string, pattern: string): string {
  const many = MANY_KEYS[command];
  const pipeline = `send the \`${command}\` commands on ${named(pattern)} in one pipeline`;
  if (many === undefined) return `${pipeline.charAt(0).toUpperCase()}${pipeline.slice(1)}.`;
  return `Use one \`${many}\` with all keys of ${named(pattern)}, or ${pipeline}.`;
}

/** How to mend a finding in the stack its spans show. Plain text, code in backticks. */
export function hintOf(kind: FindingKind, group: Group): string {
  const table = unqualified(group.call.entity);
  switch (kind) {
    case 'n_plus_one':
      return loopHint(group);
    case 'duplicate_query':
      return `Ask once and keep the answer for the rest of the request: pass it on, or cache it by its key${table === '' ? '' : ` (\`${table}\` is read again with the same values)`}.`;
    case 'slow_statement':
      return slowHint(group, table);
    case 'unbounded_select':
      return `Add a \`LIMIT\` or read ${named(table)} in pages or with a cursor; only the rows that are shown need to travel.`;
    case 'chatty_request':
      return 'Many different statements make up this request: join those that read the same rows, run independent ones at once, and keep in a cache what seldom changes.';
    case 'consecutive_queries':
      return 'None of these needs the answer of another: start them together and wait for all, for instance `await Promise.all([...])`. Each then takes a connection of its own; inside one transaction they must stay in turn.';
    case 'pool_wait':
      return 'All connections of the pool were taken. First shorten what holds them: slow statements, transactions that wait for something else, connections that are not given back. Only then raise the size of the pool, within what the database allows.';
    case 'http_in_transaction':
      return `Call ${named(group.call.entity)} before the transaction begins or after it has committed: until then it holds a connection and its locks. What must happen after the commit belongs in a queue or an outbox table.`;
  }
  return assertNever(kind);
}

function loopHint(group: Group): string {
  const { call } = group;
  if (call.kind !== 'sql') return BY_KIND[call.kind](call);
  const table = unqualified(call.entity);
  const column = call.shape?.predicateColumns[0] ?? '';
  const stack = stackOf(marksOf(group), call.statement);
  if (stack === undefined) return '';
  const template = call.isWrite ? stack.write : isOwnKey(table, column) ? stack.one : stack.many;
  const hint = template
    .replaceAll('{table}', table === '' ? 'the table' : table)
    .replaceAll('{column}', column === '' ? 'id' : column)
    .replaceAll('{relation}', relationOf(table, column))
    // Django puts the app's name before the model's.
    .replaceAll('{model}', singular(table.slice(table.indexOf('_') + 1)) || 'relation');
  return isTopPerParent(group)
    ? `${hint} To keep the first rows of each parent, use a \`LATERAL\` join or \`row_number()\`.`
    : hint;
}

function stackOf(marks: string, statement: string): StackHint | undefined {
  return (
    STACKS.find((stack) => stack.marks?.test(marks) === true) ??
    STACKS.find(
      (stack) => stack.statement?.test(statement) === true && stack.within?.test(marks) !== false,
    ) ??
    STACKS.at(-1)
  );
}

function slowHint(group: Group, table: string): string {
  const columns = group.call.shape?.predicateColumns.slice(0, 3) ?? [];
  if (columns.length === 0 || table === '')
    return 'Look at its plan with `EXPLAIN (ANALYZE, BUFFERS)`: a full scan, a sort that spills to disk or a lock it waits for.';
  return `Look at its plan with \`EXPLAIN (ANALYZE, BUFFERS)\`; an index on \`${table} (${columns.join(', ')})\` is the first thing to try.`;
}

function isTopPerParent(group: Group): boolean {
  const shape = group.call.shape;
  return (
    shape?.verb === 'read' && shape.hasOrderBy && shape.hasLimit && !shape.hasOffset && shape.equalities > 0
  );
}

function marksOf(group: Group): string {
  const first = group.members[0]?.node;
  const marks: string[] = [];
  let at = first;
  for (let step = 0; at !== undefined && step < ANCESTORS_MAX; step++) {
    marks.push(at.span.scopeName, at.span.name);
    at = at.parent;
  }
  // Servers that run resolvers with an executor of their own still parse with the library.
  const parsed = group.scope.nodes.find(({ span }) => span.name === 'graphql.parse');
  if (parsed !== undefined) marks.push(parsed.span.scopeName);
  const tags = group.call.shape?.tags;
  marks.push(tags?.['framework'] ?? '', tags?.['db_driver'] ?? '');
  return marks.join('\n');
}

function isOwnKey(table: string, column: string): boolean {
  if (/^_?id$|^uuid$|^slug$|^key$/i.test(column)) return true;
  const own = singular(table).toLowerCase();
  const key = column.toLowerCase();
  return own !== '' && (key === `${own}_id` || key === `${own}id`);
}

function relationOf(table: string, column: string): string {
  const foreign = /^(.+?)_?id$/i.exec(column)?.[1];
  const name = foreign ?? singular(table);
  return name === '' ? 'relation' : name.charAt(0).toLowerCase() + name.slice(1);
}

function singular(name: string): string {
  if (/ies$/i.test(name)) return `${name.slice(0, -3)}y`;
  if (/(?:ss|us|is)$/i.test(name)) return name;
  return /(?:ches|shes|xes|sses)$/i.test(name) ? name.slice(0, -2) : name.replace(/s$/i, '');
}

function unqualified(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function named(entity: string): string {
  return entity === '' ? 'them' : `\`${entity}\``;
}

function assertNever(kind: never): never {
  throw new Error(`unknown finding kind ${String(kind)}`);
}
