import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { EndpointName, ResponseOf } from '@nightjar/collector/contract';
import { ApiFailure, callApi } from './client.ts';
import type { CallInput } from './client.ts';

export type Change<Name extends EndpointName> = Readonly<{
  /** Resolves to undefined when it failed; `failure` says why then. */
  run: (input: Omit<CallInput<Name>, 'signal'>) => Promise<ResponseOf<Name> | undefined>;
  isRunning: boolean;
  failure: ApiFailure | undefined;
  reset: () => void;
}>;

/** A request of the contract that changes something. Afterwards every page asks again for what it shows. */
export function useChange<Name extends EndpointName>(name: Name): Change<Name> {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: async (input: Omit<CallInput<Name>, 'signal'>) => await callApi(name, input),
    retry: false,
    onSuccess: async () => await client.invalidateQueries(),
  });
  return {
    run: async (input) => await mutation.mutateAsync(input).catch(() => undefined),
    isRunning: mutation.isPending,
    failure: mutation.error === null ? undefined : failureOf(mutation.error),
    reset: mutation.reset,
  };
}

function failureOf(error: Error): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure(0, { code: 'unexpected', message: error.message, remedy: 'Try again.' });
}
