import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import type { Needed } from './services.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const neededChromium: Needed<Browser> = {
  name: 'Chromium',
  remedy: 'Set CHROMIUM_PATH, or install the package chromium.',
  async start() {
    const asked = process.env['CHROMIUM_PATH'];
    const executablePath = [...(asked === undefined ? [] : [asked]), ...places].find((path) =>
      existsSync(path),
    );
    if (executablePath === undefined) return undefined;
    // Root cannot have Chromium's sandbox; the pages shown are our own.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return await chromium.launch({
      executablePath,
      args: [
        ...sandbox,
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
  },
};
