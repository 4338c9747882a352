import { pino, type Logger } from 'pino';

export type { Logger };

export function createLog(name: string, level: string): Logger {
  return pino({ name, level });
}
