import { Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { RuleDetail } from '@nightjar/collector/contract';
import { useState } from 'react';
import { useChange } from '../../api/use-change.ts';
import { Fault } from '../../components/Fault.tsx';
import { paths } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { RuleMenu } from './RuleMenu.tsx';
import { saveText } from './save-text.ts';

/** Change, switch, copy, export, delete. What a file holds can only be copied: the file says what it is. */
export function RuleActions({ detail }: Readonly<{ detail: RuleDetail }>) {
  const { search, goTo } = useUrlState();
  const replace = useChange('replaceRule');
  const remove = useChange('removeRule');
  const [isAsked, setIsAsked] = useState(false);
  const { rule, facts, yaml } = detail;
  const isOwn = facts.source.kind === 'ui';
  const params = { uid: rule.uid };
  const removeAndLeave = async () => {
    if ((await remove.run({ params })) !== undefined) goTo(paths.rules(search));
  };
  return (
    <div className="row">
      <Fault failure={replace.failure ?? remove.failure} />
      {isOwn && (
        <>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPencil size={14} aria-hidden />}
            onClick={() => goTo(paths.changeRule(search, rule.uid))}
          >
            Change
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={replace.isRunning}
            onClick={() => void replace.run({ params, body: { ...rule, enabled: !rule.enabled } })}
          >
            {rule.enabled ? 'Switch off' : 'Switch on'}
          </Button>
        </>
      )}
      {isAsked ? (
        <>
          <span>Delete it? What it fires is resolved.</span>
          <Button size="xs" color="red" disabled={remove.isRunning} onClick={() => void removeAndLeave()}>
            Delete
          </Button>
          <Button size="xs" variant="default" onClick={() => setIsAsked(false)}>
            Keep
          </Button>
        </>
      ) : (
        <RuleMenu
          onCopy={() => goTo(paths.newRule(search, { copy: rule.uid }))}
          onExport={() => saveText(`${rule.uid}.yaml`, yaml)}
          onDelete={isOwn ? () => setIsAsked(true) : undefined}
        />
      )}
    </div>
  );
}
