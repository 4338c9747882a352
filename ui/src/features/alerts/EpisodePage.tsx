import { useParams } from '@tanstack/react-router';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Skeleton } from '../../components/States.tsx';
import { EpisodeView } from './EpisodeView.tsx';

const everyMs = 10_000;

export function EpisodePage() {
  const { episodeId = '' } = useParams({ strict: false });
  // An episode does not depend on the range of the page; while it is open it goes on.
  const episode = useEndpoint('episode', { params: { id: episodeId }, isLive: true, everyMs });
  return (
    <div className="page">
      <AlertNav />
      <Answered result={episode} failed="The episode could not be read" skeleton={<Skeleton rows={8} />}>
        {(detail) => <EpisodeView detail={detail} />}
      </Answered>
    </div>
  );
}
