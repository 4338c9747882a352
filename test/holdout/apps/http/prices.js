import http from 'node:http';

const upstream = process.env.UPSTREAM_URL;

export async function priceOf(sku) {
  const response = await fetch(`${upstream}/prices?sku=${sku}`); // n+1: /prices prices
  return await response.json();
}

export function stockOf(id) {
  return new Promise((resolve, reject) => {
    http.get(`${upstream}/stock/${id}`, (response) => { // n+1: /stock stock
      let body = '';
      response.on('data', (chunk) => (body += chunk)).on('end', () => resolve(JSON.parse(body)));
    }).on('error', reject);
  });
}
