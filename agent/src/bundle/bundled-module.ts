/** What the esbuild plugin writes into a bundle and the agent listens for: one message a library file, when it has run. */
export interface BundledModule {
  readonly package: string;
  readonly version: string;
  /** As `require` would have named it: `pg`, `drizzle-orm/pg-core/db.js`. */
  readonly names: readonly string[];
  /** Instrumentations that want it. */
  readonly rows: readonly string[];
  /** What the file exports; whoever listens may put something else in its place. */
  exports: unknown;
}

export const BUNDLED_MODULE_CHANNEL = 'nightjar:bundled-module';

export function isBundledModule(message: unknown): message is BundledModule {
  return (
    typeof message === 'object' &&
    message !== null &&
    'package' in message &&
    typeof message.package === 'string' &&
    'version' in message &&
    typeof message.version === 'string' &&
    'names' in message &&
    Array.isArray(message.names) &&
    'rows' in message &&
    Array.isArray(message.rows)
  );
}
