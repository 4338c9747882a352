import { useParams } from '@tanstack/react-router';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Notice, Skeleton } from '../../components/States.tsx';
import { useUrlState } from '../../lib/url-state.ts';
import { RuleEditor } from './RuleEditor.tsx';
import { draftOf, emptyDraft } from './rule-draft.ts';

/** A new rule, or with `copy=<uid>` one that begins as another. */
export function NewRulePage() {
  const { search } = useUrlState();
  const uid = search['copy'];
  return (
    <div className="page">
      <h1>New rule</h1>
      <AlertNav />
      {uid === undefined ? <RuleEditor start={emptyDraft} isNew /> : <Copy uid={uid} />}
    </div>
  );
}

function Copy({ uid }: Readonly<{ uid: string }>) {
  const rule = useEndpoint('rule', { params: { uid } });
  return (
    <Answered result={rule} failed="The rule could not be read" skeleton={<Skeleton rows={8} />}>
      {(detail) => {
        const draft = draftOf(detail.rule);
        return (
          <RuleEditor
            start={{ ...draft, uid: `${draft.uid.slice(0, 75)}-copy`, name: `${draft.name} copy` }}
            isNew
          />
        );
      }}
    </Answered>
  );
}

export function ChangeRulePage() {
  const { ruleUid = '' } = useParams({ strict: false });
  const rule = useEndpoint('rule', { params: { uid: ruleUid } });
  return (
    <div className="page">
      <h1>Change a rule</h1>
      <AlertNav />
      <Answered result={rule} failed="The rule could not be read" skeleton={<Skeleton rows={8} />}>
        {({ rule: found, facts }) =>
          facts.source.kind === 'file' ? (
            <Notice>
              {found.name} stands in <code>{facts.source.path}</code>: change it there, it is read again at
              once.
            </Notice>
          ) : (
            <RuleEditor start={draftOf(found)} isNew={false} />
          )
        }
      </Answered>
    </div>
  );
}
