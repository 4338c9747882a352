import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import styles from './Start.module.css';

type Props = Readonly<{
  problem: string | undefined;
  onLogIn: (user: string, password: string) => Promise<void>;
}>;

export function LoginPage({ problem, onLogIn }: Props) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const submit = async () => {
    setIsBusy(true);
    await onLogIn(user, password);
    setIsBusy(false);
  };
  return (
    <main className={styles['login']}>
      <div className={styles['head']}>
        <img src="/mark.svg" alt="" width={32} height={32} />
        <h1>Log in to Nightjar</h1>
      </div>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextInput
          label="User"
          autoComplete="username"
          required
          autoFocus
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {problem !== undefined && (
          <p className={styles['problem']} role="alert">
            {problem}
          </p>
        )}
        <Button type="submit" loading={isBusy}>
          Log in
        </Button>
      </form>
    </main>
  );
}
