import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Notice, Skeleton } from '../../components/States.tsx';
import { parseMatchers } from '../../lib/matchers.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { SilenceEditor } from './SilenceEditor.tsx';
import { draftOf, newDraft } from './silence-draft.ts';

/** `matchers`, `name` and `kind` of the address fill the form in. */
export function NewSilencePage() {
  const { search } = useUrlState();
  const [start] = useState(() => {
    const matchers = parseMatchers(search['matchers'] ?? '');
    return newDraft(Date.now(), {
      ...(matchers === undefined || matchers.length === 0 ? {} : { matchers }),
      ...(search['name'] === undefined ? {} : { name: search['name'] }),
      ...(search['kind'] === 'maintenance' ? { kind: 'maintenance' } : {}),
    });
  });
  return (
    <div className="page">
      <h1>{start.kind === 'maintenance' ? 'New maintenance' : 'New silence'}</h1>
      <AlertNav />
      <SilenceEditor start={start} id={undefined} />
    </div>
  );
}

export function ChangeSilencePage() {
  const { silenceId = '' } = useParams({ strict: false });
  const silences = useEndpoint('silences', { query: {} });
  return (
    <div className="page">
      <h1>Change a silence</h1>
      <AlertNav />
      <Answered result={silences} failed="The silence could not be read" skeleton={<Skeleton rows={6} />}>
        {(data) => {
          const found = data.silences.find(({ silence }) => silence.id === silenceId);
          if (found === undefined) return <Notice>This silence is over, or was never there.</Notice>;
          const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
          return <SilenceEditor start={draftOf(found.silence, tz)} id={silenceId} />;
        }}
      </Answered>
    </div>
  );
}
