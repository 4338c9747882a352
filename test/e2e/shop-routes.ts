import { placeOf, type SourcePlace } from '../support/source-line.ts';

export interface Route {
  readonly name: string;
  readonly path: string;
  readonly method?: 'POST';
  readonly body?: object;
  readonly status?: number;
}
export interface SeededFault extends Route {
  /** Calls in one request. */
  readonly count: number;
  /** Part of the statement or of the call that repeats. */
  readonly statement: string;
  readonly callSite: SourcePlace;
  readonly isWrite: boolean;
}

/** Every N+1 of the shop's server, with the line that causes it. */
export const seededFaults: readonly SeededFault[] = [
  {
    name: 'raw pg in a loop',
    path: '/orders',
    count: 25,
    statement: 'FROM customers',
    callSite: placeOf('src/routes/orders.ts', "'SELECT id, name FROM customers WHERE id = $1'"),
    isWrite: false,
  },
  {
    name: 'Promise.all',
    path: '/customers',
    count: 20,
    statement: 'FROM orders',
    callSite: placeOf('src/routes/customers.ts', 'const orders = await pool.query'),
    isWrite: false,
  },
  {
    name: 'a relation of the ORM',
    path: '/authors',
    count: 20,
    statement: 'products',
    callSite: placeOf('src/models/author.ts', 'const author = await database.orm.query.authors.findFirst'),
    isWrite: false,
  },
  {
    name: 'a loop of writes',
    path: '/stock/recount',
    method: 'POST',
    body: {},
    count: 30,
    statement: 'UPDATE products',
    callSite: placeOf('src/routes/back-office.ts', "'UPDATE products SET stock = $1 WHERE id = $2'"),
    isWrite: true,
  },
  {
    name: 'HTTP',
    path: '/availability',
    count: 15,
    statement: '/stock/',
    callSite: placeOf('src/inventory-client.ts', 'fetch(`${baseUrl}/stock/${productId}`'),
    isWrite: false,
  },
  {
    name: 'a new release',
    path: '/products/1',
    count: 56,
    statement: 'FROM orders',
    callSite: placeOf('src/models/product-page.ts', 'const bought = await pool.query'),
    isWrite: false,
  },
];

/** Routes without an N+1, the mended twins among them. */
export const soundRoutes: readonly Route[] = [
  { name: 'a join', path: '/products' },
  { name: 'twin: DataLoader', path: '/orders/batched' },
  { name: 'twin: one query with IN', path: '/orders/in-query' },
  { name: 'twin: relation loaded with the list', path: '/authors/with-books' },
  { name: 'twin: one HTTP call', path: '/availability/batched' },
  { name: 'an error', path: '/coupons/spring', status: 500 },
  { name: 'a slow query', path: '/reports/revenue' },
  {
    name: 'a transaction',
    path: '/checkout',
    method: 'POST',
    body: { customerId: 3, productIds: [1, 2, 3] },
    status: 201,
  },
  { name: 'a queued job', path: '/orders/5/receipt', method: 'POST', body: {}, status: 202 },
];
