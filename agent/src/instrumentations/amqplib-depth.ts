import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import type { QueueRegistry } from '../queues/queue-registry.ts';

/**
 * Depth of the queues that an app declares, consumes or sends to by name, asked for on a channel of our own over the app's
 * connection: a passive declare of a queue that is gone closes its channel, which must not be the app's. AMQP tells no
 * age, and messages in flight only to the management API (`nightjar queues --rabbitmq`).
 */
export class AmqplibDepth extends InstrumentationBase {
  readonly #queues: QueueRegistry;

  constructor(queues: QueueRegistry) {
    super('@nightjar/amqplib', '0.1.0', { enabled: false });
    this.#queues = queues;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const files = (['channel_model', 'callback_model'] as const).map(
      (name) =>
        new InstrumentationNodeModuleFile(
          `amqplib/lib/${name}.js`,
          VERSIONS,
          (exports: ModelExports) => {
            const channels = exports.Channel;
            const prototype = channels?.prototype;
            if (channels === undefined || prototype === undefined || Object.hasOwn(prototype, PATCHED))
              return exports;
            Object.defineProperty(prototype, PATCHED, { value: true });
            this.#patch(channels, name === 'callback_model');
            return exports;
          },
          () => undefined,
        ),
    );
    return new InstrumentationNodeModuleDefinition('amqplib', VERSIONS, undefined, undefined, files);
  }

  #patch(channels: ChannelClass, hasCallbacks: boolean): void {
    const { prototype } = channels;
    const discover = (channel: AmqpChannel, queue: unknown): void => {
      if (typeof queue !== 'string' || queue === '' || queue.startsWith('amq.')) return;
      if (PROBES.has(channel) || this.#queues.has(queue, ABOUT)) return;
      this.#observe(queue, probeOf(channel.connection, channels, hasCallbacks));
    };
    for (const name of METHODS) {
      const original = prototype[name];
      if (typeof original !== 'function') continue;
      prototype[name] = function (this: AmqpChannel, queue, ...rest) {
        discover(this, queue);
        return original.call(this, queue, ...rest);
      };
    }
  }

  #observe(queue: string, probe: Probe): void {
    const stop = this.#queues.observe(
      queue,
      async () => {
        const depth = await probe.depthOf(queue);
        // Gone, or its connection is: the next use of it by the app starts anew.
        if (depth === undefined) stop();
        return depth ?? Number.NaN;
      },
      ABOUT,
    );
  }
}

const VERSIONS = ['>=0.5.5 <3'];
const ABOUT = { 'messaging.system': 'rabbitmq' };
const PATCHED = Symbol('nightjar.patched');
const METHODS = ['assertQueue', 'consume', 'get', 'sendToQueue'] as const;
/** Channels of ours, whose calls find no queues. */
const PROBES = new WeakSet<object>();
const PROBE_OF_CONNECTION = new WeakMap<object, Probe>();

interface Probe {
  /** Undefined when the broker does not know. Never rejects. */
  readonly depthOf: (queue: string) => Promise<number | undefined>;
}

/** One channel a connection, opened when it is first needed and again after an error has closed it. */
function probeOf(connection: object, channels: ChannelClass, hasCallbacks: boolean): Probe {
  const known = PROBE_OF_CONNECTION.get(connection);
  if (known !== undefined) return known;
  let opening: Promise<AmqpChannel> | undefined;
  const open = async (): Promise<AmqpChannel> => {
    const channel = new channels(connection);
    PROBES.add(channel);
    const forget = (): void => {
      opening = undefined;
    };
    channel.on('error', forget);
    channel.on('close', forget);
    await call(channel, 'open', { args: [], hasCallbacks });
    return channel;
  };
  const probe: Probe = {
    depthOf: async (queue) => {
      try {
        opening ??= open();
        const reply = await call(await opening, 'checkQueue', { args: [queue], hasCallbacks });
        const count: unknown =
          typeof reply === 'object' && reply !== null && Reflect.get(reply, 'messageCount');
        return typeof count === 'number' ? count : undefined;
      } catch {
        opening = undefined;
        return undefined;
      }
    },
  };
  PROBE_OF_CONNECTION.set(connection, probe);
  return probe;
}

interface Call {
  readonly args: readonly unknown[];
  readonly hasCallbacks: boolean;
}

async function call(
  channel: AmqpChannel,
  name: 'open' | 'checkQueue',
  { args, hasCallbacks }: Call,
): Promise<unknown> {
  if (!hasCallbacks) return await channel[name](...args);
  return await new Promise((resolve, reject) => {
    channel[name](...args, (error: unknown, reply: unknown) =>
      error === null || error === undefined ? resolve(reply) : reject(new Error('refused', { cause: error })),
    );
  });
}

interface AmqpChannel {
  readonly connection: object;
  readonly open: (...args: readonly unknown[]) => unknown;
  readonly checkQueue: (...args: readonly unknown[]) => unknown;
  readonly on: (event: string, listener: () => void) => unknown;
}

type QueueMethod = (this: AmqpChannel, queue: unknown, ...rest: unknown[]) => unknown;

interface ChannelClass {
  new (connection: object): AmqpChannel;
  readonly prototype: AmqpChannel & Partial<Record<(typeof METHODS)[number], QueueMethod>>;
}

interface ModelExports {
  readonly Channel?: ChannelClass;
}
