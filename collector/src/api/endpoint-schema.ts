import { endpoints, errorSchema } from '../contract/index.ts';
import type { EndpointName } from '../contract/index.ts';

/** What Fastify validates, serialises and documents a route by. */
export function endpointSchema<Name extends EndpointName>(name: Name) {
  const endpoint = endpoints[name];
  const { params, query, response, summary } = endpoint;
  return {
    operationId: name,
    summary,
    ...(Object.keys(params.shape).length > 0 ? { params } : {}),
    ...(Object.keys(query.shape).length > 0 ? { querystring: query } : {}),
    ...('body' in endpoint ? { body: endpoint.body } : {}),
    response: { 200: response, default: errorSchema },
  };
}
