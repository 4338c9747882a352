import { z } from 'zod';
import { StartFailure } from '../errors.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** The setting to change, for the message. */
  readonly setting: string;
}

/** Runs `listen` and puts its errors in terms of the setting at fault. */
export async function listenOn<Result>(endpoint: Endpoint, listen: () => Promise<Result>): Promise<Result> {
  try {
    return await listen();
  } catch (cause) {
    const { host, port, setting } = endpoint;
    const code = errorCode(cause);
    const at = `${setting}=${port}: ${host}:${port}`;
    if (code === 'EADDRINUSE') {
      throw new StartFailure('port_in_use', `${at} is in use by another process`, { cause });
    }
    if (code === 'EACCES') {
      throw new StartFailure(
        'config_invalid',
        `${at} may not be opened by this user; use a port above 1023`,
        { cause },
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      throw new StartFailure('config_invalid', `NIGHTJAR_HOST=${host}: this machine has no such address`, {
        cause,
      });
    }
    throw cause;
  }
}

/** Codes of node:net; grpc-js says it in words only. */
function errorCode(cause: unknown): string | undefined {
  const code = z.object({ code: z.string() }).safeParse(cause).data?.code;
  if (code !== undefined) return code;
  return cause instanceof Error
    ? /\b(EADDRINUSE|EACCES|EADDRNOTAVAIL|ENOTFOUND)\b/.exec(cause.message)?.[1]
    : undefined;
}
