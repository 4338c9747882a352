import type { Span } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { QUEUE_WAIT_MS } from '../attributes.ts';
import type { QueueRegistry } from '../queues/queue-registry.ts';

/**
 * A consumer group's lag on each topic it subscribes to, as the depth of that topic: the newest offset less the committed
 * one, over all partitions, asked of the brokers by an admin client of the app's own Kafka object, so that a consumer that
 * stands still is seen too. The admin connects for each reading: nothing of ours outlives the consumer.
 */
export class KafkajsLag extends InstrumentationBase {
  readonly #queues: QueueRegistry;

  constructor(queues: QueueRegistry) {
    super('@nightjar/kafkajs', '0.1.0', { enabled: false });
    this.#queues = queues;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('kafkajs', ['>=1.12.0 <3'], (exports: KafkaExports) => {
      const prototype = (exports.default ?? exports).Kafka?.prototype;
      if (prototype === undefined || Object.hasOwn(prototype, PATCHED)) return exports;
      Object.defineProperty(prototype, PATCHED, { value: true });
      const { consumer } = prototype;
      const watch = (kafka: Kafka, made: Consumer, groupId: string): void =>
        this.#watch(kafka, made, groupId);
      prototype.consumer = function (this: Kafka, options) {
        const made = consumer.call(this, options);
        if (typeof options?.groupId === 'string') watch(this, made, options.groupId);
        return made;
      };
      return exports;
    });
  }

  #watch(kafka: Kafka, consumer: Consumer, groupId: string): void {
    const { subscribe } = consumer;
    const stops: (() => void)[] = [];
    const about = { ...ABOUT, 'messaging.consumer.group.name': groupId };
    const lag = createLagReader(kafka, groupId);
    consumer.subscribe = async (subscription) => {
      const result = await subscribe.call(consumer, subscription);
      for (const topic of topicsOf(subscription)) {
        if (!this.#queues.has(topic, about)) stops.push(this.#queues.observe(topic, () => lag(topic), about));
      }
      return result;
    };
    // What is found by a pattern is not known here; named topics are the rule.
    consumer.on(consumer.events?.['DISCONNECT'] ?? 'consumer.disconnect', () => {
      for (const stop of stops.splice(0)) stop();
    });
  }
}

const ABOUT = { 'messaging.system': 'kafka' };
const PATCHED = Symbol('nightjar.patched');
const READ_MAX_MS = 1_800;

/** Set by brokers or producers at the time of sending, in milliseconds. */
export function noteKafkaWait(queues: QueueRegistry, span: Span, { topic, message }: TakenMessage): void {
  const sentMs = Number(message.timestamp);
  if (!(sentMs > 0)) return;
  const waitMs = Math.max(0, Date.now() - sentMs);
  span.setAttribute(QUEUE_WAIT_MS, waitMs);
  queues.noteWait(topic, waitMs, ABOUT);
}

interface TakenMessage {
  readonly topic: string;
  readonly message: { readonly timestamp?: string };
}

function topicsOf({ topic, topics }: Subscription): readonly string[] {
  return [topic, ...(topics ?? [])].filter((one) => typeof one === 'string');
}

function createLagReader(kafka: Kafka, groupId: string): (topic: string) => Promise<number> {
  return async (topic) => {
    // No second try: the next reading is one. Whatever hangs is cut, so that it holds no process that wants to end.
    const admin = kafka.admin({ retry: { retries: 0 } });
    const cut = setTimeout(() => void admin.disconnect().catch(() => undefined), READ_MAX_MS).unref();
    try {
      await admin.connect();
      const [newest, groups] = await Promise.all([
        admin.fetchTopicOffsets(topic),
        admin.fetchOffsets({ groupId, topics: [topic] }),
      ]);
      const committed = new Map(
        groups
          .filter((group) => group.topic === topic)
          .flatMap(({ partitions }) => partitions.map((one) => [one.partition, Number(one.offset)] as const)),
      );
      return newest.reduce((sum, { partition, high, low }) => {
        const offset = committed.get(partition) ?? -1;
        // A group that has committed nothing yet has all of the partition before it.
        return sum + Math.max(0, Number(high) - (offset >= 0 ? offset : Number(low)));
      }, 0);
    } finally {
      clearTimeout(cut);
      await admin.disconnect();
    }
  };
}

interface Subscription {
  readonly topic?: string | RegExp;
  readonly topics?: readonly (string | RegExp)[];
}

interface Consumer {
  subscribe: (subscription: Subscription) => Promise<unknown>;
  readonly on: (event: string, listener: () => void) => unknown;
  readonly events?: Readonly<Record<string, string>>;
}

interface Admin {
  readonly connect: () => Promise<unknown>;
  readonly disconnect: () => Promise<unknown>;
  readonly fetchTopicOffsets: (
    topic: string,
  ) => Promise<readonly { partition: number; high: string; low: string }[]>;
  readonly fetchOffsets: (group: {
    groupId: string;
    topics: readonly string[];
  }) => Promise<readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]>;
}

interface Kafka {
  readonly admin: (options: { readonly retry: { readonly retries: number } }) => Admin;
}

interface KafkaPrototype {
  consumer: (this: Kafka, options?: { readonly groupId?: unknown }) => Consumer;
}

interface KafkaClient {
  readonly Kafka?: { readonly prototype: KafkaPrototype };
}

interface KafkaExports extends KafkaClient {
  readonly default?: KafkaClient;
}
