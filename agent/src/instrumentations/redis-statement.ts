const KEY_PARTS_MAX = 8;
/** A word someone chose. Anything else in a key (an id, a session token, an address) is a value. */
const WORD = /^[A-Za-z][A-Za-z_-]{0,31}$/;
const KEYLESS = new Set([
  'auth',
  'hello',
  'ping',
  'info',
  'select',
  'client',
  'config',
  'eval',
  'evalsha',
  'script',
]);

/** `GET user:?`: the command and the shape of its key; no argument, no id. */
export function redisStatement(command: string, args: readonly unknown[]): string {
  const [key] = args;
  if (typeof key !== 'string' || KEYLESS.has(command.toLowerCase())) return command;
  const parts = key.slice(0, 256).split(':', KEY_PARTS_MAX);
  return `${command} ${parts.map((part) => (WORD.test(part) ? part : '?')).join(':')}`;
}
