import { DiagLogLevel, diag } from '@opentelemetry/api';
import type { LogLevel } from './config.ts';

/** What the agent says to the app's owner: one line on stderr, never on stdout, which is the app's. */
export interface AgentLog {
  readonly warn: (sentence: string) => void;
  /** Shown with OTEL_LOG_LEVEL=info or debug. */
  readonly info: (sentence: string) => void;
  /** What the developer asked to see: without limit or level. */
  readonly print: (line: string) => void;
}

const SDK_LEVELS: Readonly<Record<LogLevel, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  // The SDK warns about every operation on an ended span; that is no news for the app's owner.
  warn: DiagLogLevel.ERROR,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
};
const SENTENCES_MAX = 100;

export function createAgentLog(level: LogLevel): AgentLog {
  let said = 0;
  const write = (sentence: string): void => {
    if (said++ >= SENTENCES_MAX && level !== 'debug') return;
    process.stderr.write(`nightjar: ${sentence.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  };
  const line = (sentence: string, ...rest: unknown[]): void =>
    write(rest.length === 0 ? sentence : `${sentence} ${rest.map(String).join(' ')}`);
  diag.setLogger(
    { error: line, warn: line, info: line, debug: line, verbose: line },
    { logLevel: SDK_LEVELS[level], suppressOverrideMessage: true },
  );
  const isSilent = level === 'none' || level === 'error';
  return {
    warn: (sentence) => (isSilent ? undefined : write(sentence)),
    print: (text) => void process.stderr.write(`nightjar: ${text}\n`),
    info: (sentence) => (level === 'info' || level === 'debug' ? write(sentence) : undefined),
  };
}
