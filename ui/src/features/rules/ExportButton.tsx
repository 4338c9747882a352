import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { callApi } from '../../api/client.ts';
import { saveText } from './save-text.ts';

/** The rules made here, as a file for the rules directory. */
export function ExportButton() {
  const [said, setSaid] = useState('');
  const fetchAndSave = async () => {
    try {
      const { yaml, rules } = await callApi('exportRules', {});
      if (rules === 0) setSaid('No rule was made here.');
      else {
        saveText('nightjar-rules.yaml', yaml);
        setSaid('');
      }
    } catch (error) {
      setSaid(error instanceof Error ? error.message : 'The export failed.');
    }
  };
  return (
    <span className="row">
      <span role="status" className="muted">
        {said}
      </span>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        onClick={() => void fetchAndSave()}
      >
        Export YAML
      </Button>
    </span>
  );
}
