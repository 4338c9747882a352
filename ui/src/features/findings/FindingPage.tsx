import { useParams } from '@tanstack/react-router';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { Skeleton } from '../../components/States.tsx';
import { useRangeState } from '../../lib/url-state.ts';
import { FindingView } from './FindingView.tsx';

export function FindingPage() {
  const { findingId = '' } = useParams({ strict: false });
  const { query, isLive } = useRangeState();
  const finding = useEndpoint('finding', { params: { findingId }, query, isLive });
  return (
    <div className="page">
      <Answered result={finding} failed="The finding could not be read" skeleton={<Skeleton rows={10} />}>
        {(data) => <FindingView detail={data} />}
      </Answered>
    </div>
  );
}
