import { useParams } from '@tanstack/react-router';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Skeleton } from '../../components/States.tsx';
import { useRangeState } from '../../lib/url-state.ts';
import { RuleView } from './RuleView.tsx';

export function RulePage() {
  const { ruleUid = '' } = useParams({ strict: false });
  const { query, isLive } = useRangeState();
  const rule = useEndpoint('rule', { params: { uid: ruleUid }, query, isLive });
  return (
    <div className="page">
      <AlertNav />
      <Answered result={rule} failed="The rule could not be read" skeleton={<Skeleton rows={8} />}>
        {(detail) => <RuleView detail={detail} />}
      </Answered>
    </div>
  );
}
