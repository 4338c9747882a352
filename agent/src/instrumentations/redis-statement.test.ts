import { expect, it } from 'vitest';
import { redisStatement } from './redis-statement.ts';

it.each([
  ['get', ['user:17'], 'get user:?'],
  ['set', ['session:0a9f3b7c', 'secret'], 'set session:?'],
  ['hget', ['cart', 'x'], 'hget cart'],
  ['auth', ['hunter'], 'auth'],
  ['evalsha', ['abc', '1', 'k'], 'evalsha'],
  ['get', [Buffer.from('x')], 'get'],
  ['ping', [], 'ping'],
  ['get', ['a:b:c:d:e:f:g:h:i:j'], 'get a:b:c:d:e:f:g:h'],
])('%s %j is shown as %s', (command, args, shown) => {
  expect(redisStatement(command, args)).toBe(shown);
});
