import { shopDir } from './paths.ts';
import { launch, type Running } from './process.ts';

export interface ShopPart {
  /** `http://127.0.0.1:<port>`; '' for the worker. */
  readonly url: string;
  readonly process: Running;
}
export interface ShopOptions {
  /** OTLP/HTTP endpoint; null starts the part without the agent. */
  readonly otlpHttp: string | null;
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  readonly inventoryUrl?: string;
  readonly release?: string;
  readonly environment?: string;
  /** More modules to load before the app. */
  readonly preload?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly isDetached?: boolean;
}

interface Part {
  readonly main: string;
  readonly service: string;
  readonly version: string;
  readonly ready: string;
}

export async function startInventory(options: Omit<ShopOptions, 'databaseUrl'>): Promise<ShopPart> {
  const part = {
    main: 'inventory/src/server.ts',
    service: 'inventory',
    version: '2.0.3',
    ready: 'inventory ready',
  };
  return await startPart(part, { ...options, databaseUrl: '' });
}

export async function startShop(options: ShopOptions): Promise<ShopPart> {
  const version = options.release ?? '1.4.2';
  return await startPart({ main: 'src/server.ts', service: 'shop', version, ready: 'shop ready' }, options);
}

export async function startWorker(options: ShopOptions): Promise<ShopPart> {
  const version = options.release ?? '1.4.2';
  return await startPart(
    { main: 'src/worker.ts', service: 'shop-worker', version, ready: 'worker ready' },
    options,
  );
}

async function startPart(part: Part, options: ShopOptions): Promise<ShopPart> {
  const agent = options.otlpHttp === null ? [] : ['@nightjar/agent/register'];
  const environment = options.environment ?? 'production';
  const running = launch({
    args: [...[...agent, ...(options.preload ?? [])].flatMap((module) => ['--import', module]), part.main],
    cwd: shopDir,
    ...(options.isDetached === undefined ? {} : { isDetached: options.isDetached }),
    env: {
      PORT: '0',
      DATABASE_URL: options.databaseUrl,
      REDIS_URL: options.redisUrl,
      INVENTORY_URL: options.inventoryUrl,
      SHOP_RELEASE: part.version,
      OTEL_SERVICE_NAME: part.service,
      OTEL_RESOURCE_ATTRIBUTES: `service.version=${part.version},deployment.environment.name=${environment}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpHttp ?? undefined,
      ...options.env,
    },
  });
  const ready = await running.logged(part.ready, 60_000);
  const address = ready['address'];
  return { process: running, url: typeof address === 'string' ? address : '' };
}
