import { TextInput } from '@mantine/core';
import { useEndpoint } from '../api/use-endpoint.ts';
import { useOwnName } from '../lib/use-own-name.ts';

/** Who one is, asked for where no login says so. */
export function OwnName() {
  const session = useEndpoint('session', {});
  const [name, setName] = useOwnName();
  if (session.data?.isLoginRequired !== false) return null;
  return (
    <TextInput
      size="xs"
      label="Your name"
      placeholder="shown to the others"
      value={name}
      onChange={(event) => setName(event.currentTarget.value)}
    />
  );
}
