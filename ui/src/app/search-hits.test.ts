import { expect, it } from 'vitest';
import { searchHits } from './search-hits.ts';

const services = ['shop', 'shop-worker', 'pricing'];

it('opens a pasted trace id first', () => {
  const id = 'C2D066385BA0AFE4F58F999A968F3365';
  expect(searchHits(` ${id} `, services, {})[0]?.href).toBe(`/traces/${id.toLowerCase()}`);
});

it('finds services, then pages, then offers the logs', () => {
  expect(searchHits('SHOP', services, { env: 'production' }).map(({ href }) => href)).toEqual([
    '/services/shop?env=production',
    '/services/shop-worker?env=production',
    '/logs?env=production&q=SHOP',
  ]);
  expect(searchHits('queues', services, {})[0]?.what).toBe('Page');
});

it('lists everything for nothing, within its limit', () => {
  const many = Array.from({ length: 100 }, (_, index) => `service-${index}`);
  expect(searchHits('', many, {})).toHaveLength(12);
});
