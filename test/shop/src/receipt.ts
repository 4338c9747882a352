import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from './log.ts';
import type { Mail, MailHandler } from './mail-queue.ts';

export interface ReceiptOptions {
  readonly log: Logger;
  /** How long the mail provider takes. */
  readonly mailMs: number;
}

export function sendReceipts(pool: Pool, { log, mailMs }: ReceiptOptions): MailHandler {
  return async (mail: Mail) => {
    const items = await pool.query<{ product_id: number; quantity: number }>(
      'SELECT product_id, quantity FROM order_items WHERE order_id = $1 ORDER BY id',
      [mail.orderId],
    );
    const lines = [];
    for (const item of items.rows) {
      const product = await pool.query<{ title: string; price_cents: number }>(
        'SELECT title, price_cents FROM products WHERE id = $1',
        [item.product_id],
      );
      lines.push(`${item.quantity} x ${product.rows[0]?.title}`);
    }
    await delay(mailMs);
    log.info({ orderId: mail.orderId, lines: lines.length }, 'receipt sent');
  };
}
