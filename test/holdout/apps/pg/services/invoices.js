import { CustomerRepository } from '../repositories/customers.js';

const customers = new CustomerRepository();

export async function invoiceOf(order) {
  const customer = await customers.byId(order.customer_id);
  return { order: order.id, to: customer.name };
}

export async function invoicesOf(orders) {
  const known = await customers.byIds(orders.map((order) => order.customer_id));
  return orders.map((order) => ({ order: order.id, to: known.get(order.customer_id).name }));
}
