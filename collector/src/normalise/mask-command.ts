import { isId } from './fold-path.ts';

const LINES_MAX = 8;
/** `[1 other arguments]`: what the Redis instrumentations write in place of values. */
const ALREADY_MASKED = /\[\d+ other arguments?\]$/;

/** Redis and its kin: the command, the pattern of its first key, `?` for whatever follows. `get user:42` -> `GET user:?`. */
export function maskCommand(text: string): string {
  const lines = text.split('\n');
  const masked = lines.slice(0, LINES_MAX).map(maskLine);
  if (lines.length > LINES_MAX) masked.push('...');
  return masked.join('\n');
}

function maskLine(line: string): string {
  const words = line.trim().split(/\s+/, 3);
  const command = (words[0] ?? '').toUpperCase();
  const key = words[1];
  if (key === undefined) return command;
  if (key.startsWith('[') || key === '?') return `${command} ?`;
  if (command === 'AUTH' || command === 'HELLO' || command === 'EVAL' || command === 'CONFIG')
    return `${command} ?`;
  const pattern = keyPattern(key);
  if (words[2] === undefined || ALREADY_MASKED.test(line)) return `${command} ${pattern}`;
  return `${command} ${pattern} ?`;
}

function keyPattern(key: string): string {
  return key
    .slice(0, 256)
    .split(/([:/|])/)
    .map((part) => (part.includes('@') ? '?' : part.split('.').map(namePart).join('.')))
    .join('');
}

function namePart(part: string): string {
  return isId(part) || /\d{3,}/.test(part) || /^\d/.test(part) ? '?' : part;
}
