import { expect, it } from 'vitest';
import { requestPath } from './client.ts';

it('fills the path and leaves out what is not set', () => {
  expect(
    requestPath('service', {
      params: { service: 'team/billing' },
      query: { from: 'now-1h', operation: 'GET /a b', environment: undefined },
    }),
  ).toBe('/api/v1/services/team%2Fbilling?from=now-1h&operation=GET+%2Fa+b');
  expect(requestPath('health', {})).toBe('/api/v1/health');
});
