import { Failed } from '../components/States.tsx';

/** A page that threw: the rest of the dashboard stands. */
export function BrokenPage({ error, reset }: Readonly<{ error: unknown; reset: () => void }>) {
  return (
    <div className="page">
      <Failed
        what="This page broke"
        fault={{
          message: error instanceof Error ? error.message : 'It threw something that is no error.',
          remedy: 'Try again or reload. If it stays, it is a fault of the dashboard.',
        }}
        onRetry={reset}
      />
    </div>
  );
}
