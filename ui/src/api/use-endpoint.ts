import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { BodyOf, EndpointName, ParamsOf, QueryOf, ResponseOf } from '@nightjar/collector/contract';
import { ApiFailure, callApi } from './client.ts';

export const pollMs = 10_000;
const retriesMax = 2;

type Options<Name extends EndpointName> = Readonly<{
  params?: ParamsOf<Name>;
  query?: QueryOf<Name>;
  /** For an endpoint that takes much and changes nothing. */
  body?: BodyOf<Name>;
  /** Ask again every `pollMs`. */
  isLive?: boolean;
  isEnabled?: boolean;
  /** Polls at another pace than `pollMs`; a function decides anew after each answer. */
  everyMs?: number | ((last: ResponseOf<Name> | undefined, answers: number) => number);
}>;

export type Answer<Name extends EndpointName> = UseQueryResult<ResponseOf<Name>>;

/** One request of the contract as a query. While a filter or the range changes, what was shown stays on the page. */
export function useEndpoint<Name extends EndpointName>(name: Name, options: Options<Name>): Answer<Name> {
  const { params, query, body, isLive = false, isEnabled = true, everyMs = pollMs } = options;
  return useQuery<ResponseOf<Name>>({
    queryKey: [name, params ?? {}, query ?? {}, body ?? {}],
    queryFn: async ({ signal }) =>
      await callApi(name, {
        ...(params === undefined ? {} : { params }),
        ...(query === undefined ? {} : { query }),
        ...(body === undefined ? {} : { body }),
        signal,
      }),
    enabled: isEnabled,
    refetchInterval: ({ state }) => {
      if (!isLive) return false;
      return typeof everyMs === 'number' ? everyMs : everyMs(state.data, state.dataUpdateCount);
    },
    placeholderData: (previous, before) => {
      const isSameThing = JSON.stringify(before?.queryKey[1]) === JSON.stringify(params ?? {});
      return isSameThing ? keepPreviousData(previous) : undefined;
    },
  });
}

/** Another try helps against a network or an overload, never against a wrong request. */
export function shouldRetry(failures: number, error: unknown): boolean {
  const isFinal =
    error instanceof ApiFailure && error.status >= 400 && error.status < 500 && error.status !== 429;
  return !isFinal && failures < retriesMax;
}
