import type { ReactNode } from 'react';
import { Failed, Notice } from './States.tsx';
import type { Fault } from './States.tsx';

type Result<Data> = Readonly<{
  data: Data | undefined;
  error: Error | null;
  refetch: () => unknown;
}>;

type Props<Data> = Readonly<{
  result: Result<Data>;
  /** What was asked for: "The services could not be read". */
  failed: string;
  skeleton: ReactNode;
  /** For an answer that stands alone on the screen: a failure then gets a page's margins. */
  isWholePage?: boolean;
  children: (data: Data) => ReactNode;
}>;

/** loading, failed or ready; ready with an old answer says so. */
export function Answered<Data>({ result, failed, skeleton, isWholePage = false, children }: Props<Data>) {
  const { data, error, refetch } = result;
  if (data === undefined) {
    if (error === null) return skeleton;
    const failure = <Failed what={failed} fault={faultOf(error)} onRetry={() => void refetch()} />;
    return isWholePage ? <main className="page">{failure}</main> : failure;
  }
  return (
    <>
      {error !== null && (
        <Notice>
          Not up to date: {faultOf(error).message} {faultOf(error).remedy}
        </Notice>
      )}
      {children(data)}
    </>
  );
}

function faultOf(error: Error): Fault {
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : 'Try again.';
  return { message: error.message, remedy };
}
