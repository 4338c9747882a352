import '@mantine/core/styles.layer.css';
import './theme/tokens.css';
import './theme/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { shouldRetry } from './api/use-endpoint.ts';
import { router } from './app/router.tsx';
import { cssVariables, theme } from './theme/theme.ts';

// zod would try to compile its checks, which the content security policy refuses.
z.config({ jitless: true });

const staleMs = 5_000;
const client = new QueryClient({
  defaultOptions: { queries: { retry: shouldRetry, staleTime: staleMs, refetchOnWindowFocus: true } },
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html holds no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
