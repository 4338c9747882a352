import type { Signal } from '../model/stages.ts';
import { DecodeError } from './decode-error.ts';
import { LOGS_MESSAGE, METRICS_MESSAGE, TRACES_MESSAGE } from './json-messages.ts';
import type { Message } from './json-messages.ts';
import { writeMessage } from './json-writer.ts';
import { ProtoWriter } from './proto-writer.ts';
import { quoteBigIntegers } from './quote-big-integers.ts';

const MESSAGES: Readonly<Record<Signal, Message>> = {
  traces: TRACES_MESSAGE,
  logs: LOGS_MESSAGE,
  metrics: METRICS_MESSAGE,
};

/**
 * OTLP/JSON -> the protobuf bytes it stands for, so that both formats go through one decoder and give the same rows.
 * Throws `DecodeError`.
 */
export function jsonToProtobuf(signal: Signal, body: Uint8Array): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(quoteBigIntegers(text));
  } catch {
    throw new DecodeError('the body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new DecodeError('the body is not a JSON object');
  }
  const writer = new ProtoWriter(body.length);
  writeMessage(writer, MESSAGES[signal], parsed);
  return writer.finish();
}
