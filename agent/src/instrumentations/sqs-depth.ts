import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import type { QueueReading, QueueRegistry } from '../queues/queue-registry.ts';

/**
 * Messages that wait and that are in flight in the SQS queues an app sends to or receives from, by `GetQueueAttributes` over
 * the app's own client. Amazon charges for the call and updates its figures once a minute, so it is made at most
 * every `ASK_INTERVAL_MS`; without permission for it (`sqs:GetQueueAttributes`) it is made once. SQS tells the age of the
 * oldest message to CloudWatch alone.
 */
export class SqsDepth extends InstrumentationBase {
  readonly #queues: QueueRegistry;

  constructor(queues: QueueRegistry) {
    super('@nightjar/sqs', '0.1.0', { enabled: false });
    this.#queues = queues;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition(
      '@aws-sdk/client-sqs',
      ['>=3.0.0 <4'],
      (exports: SqsExports) => {
        const client = exports.SQSClient;
        const command = exports.GetQueueAttributesCommand;
        if (client === undefined || command === undefined || Object.hasOwn(client.prototype, 'send'))
          return exports;
        const inherited: unknown = Object.getPrototypeOf(client.prototype);
        const discover = (sqs: SqsClient, url: string): void => this.#discover(sqs, { url, command });
        client.prototype.send = function (this: SqsClient, sent, ...rest) {
          const url = sent?.input?.QueueUrl;
          if (typeof url === 'string' && !(sent instanceof command)) discover(this, url);
          // Looked up at each call: whoever traces the SDK may wrap it later than this.
          return Reflect.apply(sendOf(inherited), this, [sent, ...rest]);
        };
        return exports;
      },
    );
  }

  #discover(client: SqsClient, { url, command }: SqsQueue): void {
    const name = url.slice(url.lastIndexOf('/') + 1);
    if (DENIED.has(url) || this.#queues.has(name, ABOUT)) return;
    let askedMs = Number.NEGATIVE_INFINITY;
    let last: Promise<QueueReading> | undefined;
    const stop = this.#queues.observe(
      name,
      () => {
        const nowMs = performance.now();
        if (last === undefined || nowMs - askedMs >= ASK_INTERVAL_MS) {
          askedMs = nowMs;
          last = ask(client, { url, command });
          last.catch((error: unknown) => {
            last = undefined;
            askedMs = Number.NEGATIVE_INFINITY;
            if (!isDenied(error)) return;
            if (DENIED.size < DENIED_MAX) DENIED.add(url);
            stop();
          });
        }
        return last;
      },
      ABOUT,
    );
  }
}

const ABOUT = { 'messaging.system': 'aws_sqs' };
const ASK_INTERVAL_MS = 30_000;
const ASK_TIMEOUT_MS = 1_800;
const DENIED_MAX = 500;
const DENIED = new Set<string>();
const NAMES = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

interface SqsQueue {
  readonly url: string;
  readonly command: CommandClass;
}

async function ask(client: SqsClient, { url, command }: SqsQueue): Promise<QueueReading> {
  const answer: unknown = await client.send(new command({ QueueUrl: url, AttributeNames: NAMES }), {
    abortSignal: AbortSignal.timeout(ASK_TIMEOUT_MS),
  });
  const attributes: unknown =
    typeof answer === 'object' && answer !== null && Reflect.get(answer, 'Attributes');
  const read = (name: string): number =>
    typeof attributes === 'object' && attributes !== null
      ? Number(Reflect.get(attributes, name))
      : Number.NaN;
  return { depth: read(NAMES[0]), inFlight: read(NAMES[1]) };
}

function isDenied(error: unknown): boolean {
  const name: unknown = typeof error === 'object' && error !== null && Reflect.get(error, 'name');
  return typeof name === 'string' && /AccessDenied|NonExistentQueue|QueueDoesNotExist/.test(name);
}

function sendOf(prototype: unknown): CallableFunction {
  const send: unknown = typeof prototype === 'object' && prototype !== null && Reflect.get(prototype, 'send');
  if (typeof send !== 'function') throw new TypeError('the SQS client has no send()');
  return send;
}

type Send = (this: SqsClient, command?: Command, ...rest: unknown[]) => unknown;

interface Command {
  readonly input?: { readonly QueueUrl?: unknown };
}

type CommandClass = new (input: { QueueUrl: string; AttributeNames: readonly string[] }) => Command;

interface SqsClient {
  send: Send;
}

interface SqsExports {
  readonly SQSClient?: { readonly prototype: SqsClient };
  readonly GetQueueAttributesCommand?: CommandClass;
}
