import { hashOf } from '../sql/index.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import type { Call, CallRole } from './call.ts';
import { attributeParameters } from './parameters.ts';
import { keyPattern } from './templates.ts';
import type { DetectSpan } from './types.ts';

const FIELDS_MAX = 16;
const TEXT_MAX = 4_096;
const FIELD = /"((?:[^"\\]|\\.){1,64})"\s*:/g;
/** Fields of a Mongo command that say nothing about the query or change with every call. */
const COMMAND_FIELDS = new Set([
  'lsid',
  'id',
  '$db',
  '$clusterTime',
  'clusterTime',
  'signature',
  'txnNumber',
  'filter',
]);

const DOCUMENT_CONTROL =
  /^(?:hello|ismaster|ping|endSessions|killCursors|commitTransaction|abortTransaction|startTransaction|saslStart|saslContinue|buildInfo|authenticate)$/i;
const DOCUMENT_WRITE =
  /^(?:insert|update|delete|remove|replace|save|create|findAndModify|findOneAnd|bulkWrite|put|batchWrite|transactWrite)/i;
const DOCUMENT_BATCH =
  /^(?:insertMany|bulkWrite|bulkSave|batchGetItem|batchWriteItem|transactWriteItems|transactGetItems)$/i;

/** MongoDB, DynamoDB and their kin. */
export function documentCall(span: DetectSpan): Call | undefined {
  const operation = lastPart(textOf(span.attributes, 'databaseOperation') || span.name);
  const collection = textOf(span.attributes, 'collection');
  const text = textOf(span.attributes, 'databaseText').slice(0, TEXT_MAX);
  if (operation === '' && text === '') return undefined;
  const fields = fieldsOf(text);
  const statement = [operation, collection, fields === '' ? '' : `{${fields}}`]
    .filter((part) => part !== '')
    .join(' ');
  const role: CallRole = /^getMore$/i.test(operation)
    ? 'cursor'
    : DOCUMENT_CONTROL.test(operation)
      ? 'control'
      : 'plain';
  const isMasked = text === '' || text.includes('?');
  return {
    kind: 'document',
    role,
    statement,
    fingerprint: hashOf('document', operation.toLowerCase(), collection, fields),
    parameters: attributeParameters(span.attributes) ?? (isMasked ? undefined : text),
    // A hash beside a masked text may have been taken from the masks.
    isPartlyHidden: isMasked,
    hasValues: fields !== '' || text === '',
    isWrite: DOCUMENT_WRITE.test(operation),
    isBatch: (numberOf(span.attributes, 'batchSize') ?? 0) > 1 || DOCUMENT_BATCH.test(operation),
    isPaged: false,
    isPipelined: false,
    entity: collection,
  };
}

/** Elasticsearch and OpenSearch. */
export function searchCall(span: DetectSpan): Call | undefined {
  const operation = textOf(span.attributes, 'databaseOperation') || span.name;
  const index = textOf(span.attributes, 'collection');
  const text = textOf(span.attributes, 'databaseText').slice(0, TEXT_MAX);
  const fields = fieldsOf(text);
  const isMasked = text === '' || text.includes('?');
  return {
    kind: 'search',
    role: /^(?:ping|info|scroll|clear_scroll)$/i.test(operation) ? 'control' : 'plain',
    statement: [operation, index, fields === '' ? '' : `{${fields}}`].filter((part) => part !== '').join(' '),
    fingerprint: hashOf('search', operation.toLowerCase(), index, fields),
    parameters: attributeParameters(span.attributes) ?? (isMasked ? undefined : text),
    // A hash beside a masked text may have been taken from the masks.
    isPartlyHidden: isMasked,
    hasValues: true,
    isWrite: /^(?:index|create|update|delete|bulk)/i.test(operation),
    isBatch: /^_?(?:bulk|msearch|mget)$/i.test(operation),
    isPaged: false,
    isPipelined: false,
    entity: index,
  };
}

const KEY_CONTROL =
  /^(?:AUTH|SELECT|PING|HELLO|CLIENT|INFO|QUIT|SUBSCRIBE|PSUBSCRIBE|UNSUBSCRIBE|MONITOR|COMMAND|CONFIG|WATCH|UNWATCH|SCRIPT|BLPOP|BRPOP|BRPOPLPUSH|BLMOVE|BZPOPMIN|BZPOPMAX|XREAD|XREADGROUP|MULTI|EXEC|DISCARD)$/;
const KEY_WRITE =
  /^(?:SET|DEL|UNLINK|EXPIRE|PEXPIRE|INCR|DECR|APPEND|H(?:SET|DEL|MSET|INCR)|L(?:PUSH|POP|SET|REM|TRIM)|R(?:PUSH|POP)|S(?:ADD|REM|MOVE)|Z(?:ADD|REM|INCR)|XADD|XDEL|XACK|MSET|GETSET|PERSIST|RENAME)/;
const KEY_BATCH = /^(?:MGET|MSET|MSETNX|HMGET|GETS|GET_MULTI)$/;

/** Redis, Valkey and Memcached. */
export function keyValueCall(span: DetectSpan): Call {
  const text = textOf(span.attributes, 'databaseText').slice(0, TEXT_MAX).trim();
  const named = textOf(span.attributes, 'databaseOperation');
  const [first = '', key = ''] = text.split(/\s+/, 2);
  const command = (named === '' ? first || lastPart(span.name) : lastWord(named)).toUpperCase();
  const pattern = key === '' || key === '?' ? '' : keyPattern(key);
  const isKeyKnown = pattern !== '' && !key.includes('?');
  const isPipelined = /^(?:PIPELINE|MULTI)\b/i.test(named);
  return {
    kind: 'keyvalue',
    role: KEY_CONTROL.test(command) ? 'control' : /^[HSZ]?SCAN$/.test(command) ? 'cursor' : 'plain',
    statement: pattern === '' ? command : `${command} ${pattern}`,
    fingerprint: hashOf('keyvalue', command, pattern),
    parameters: attributeParameters(span.attributes) ?? (isKeyKnown ? text : undefined),
    hasValues: true,
    isWrite: KEY_WRITE.test(command),
    isBatch: KEY_BATCH.test(command) || (!isPipelined && (numberOf(span.attributes, 'batchSize') ?? 0) > 1),
    isPaged: false,
    isPipelined,
    entity: pattern,
  };
}

function fieldsOf(text: string): string {
  const fields = new Set<string>();
  for (const match of text.matchAll(FIELD)) {
    const field = match[1] ?? '';
    if (!COMMAND_FIELDS.has(field)) fields.add(field);
    if (fields.size >= FIELDS_MAX) break;
  }
  return [...fields].sort().join(', ');
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function lastWord(name: string): string {
  const words = name.trim().split(/\s+/);
  return words.at(-1) ?? '';
}
