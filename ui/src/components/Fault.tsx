import { Notice } from './States.tsx';

type Props = Readonly<{ failure: Readonly<{ message: string; remedy: string }> | undefined }>;

/** What came of a change that was refused. */
export function Fault({ failure }: Props) {
  if (failure === undefined) return null;
  return (
    <Notice>
      {failure.message} {failure.remedy}
    </Notice>
  );
}
