const timeoutMs = 5_000;

export interface Stock {
  readonly productId: number;
  readonly available: number;
}

export interface InventoryClient {
  stockOf(productId: number): Promise<Stock>;
  stockOfMany(productIds: readonly number[]): Promise<Stock[]>;
}

export function createInventoryClient(baseUrl: string): InventoryClient {
  return {
    async stockOf(productId) {
      const response = await fetch(`${baseUrl}/stock/${productId}`, {
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`inventory answered ${response.status}`);
      return (await response.json()) as Stock;
    },
    async stockOfMany(productIds) {
      const response = await fetch(`${baseUrl}/stock?ids=${productIds.join(',')}`, {
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`inventory answered ${response.status}`);
      return (await response.json()) as Stock[];
    },
  };
}
