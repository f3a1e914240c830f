import { once } from 'node:events';
import { resolve } from 'node:path';
import { newToken } from '../../console/server/guard.ts';
import { consoleServer } from '../../console/server/server.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { forgetConsole, saveConsole } from '../console/described.ts';
import { valuesOf } from '../parameters/values.ts';
import { RESULTS } from '../run/results.ts';
import type { Command } from './command.ts';

/** How long the end may take after an interruption: a fault is healed in it, on a machine that has much else to do. */
const ENDED_WITHIN_MS = 45_000;

/** Serves the page that shows runs, and starts and stops them, until it is interrupted. */
export const consolePage: Command = async (invocation, signal, mayTake) => {
  const { CONSOLE_PORT } = valuesOf(invocation);
  const token = newToken();
  const page = consoleServer({
    folder: resolve('.'),
    results: resolve(RESULTS),
    token,
    environment: process.env,
  });
  await listen(page.server, CONSOLE_PORT);
  const { port } = page.server.server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/`;
  await saveConsole(url);
  console.log(
    `console: ${url}#token=${token}\nOpen it in a browser. Whoever has the address may start and stop runs; without its last part it only shows them.\nCtrl-C ends it, and what was started from it.`,
  );
  // Once the signal has come, it is too late to ask.
  mayTake(
    ENDED_WITHIN_MS,
    'ending what was started, and healing what is broken. If you do not wait for it, type: make heal',
  );
  if (!signal.aborted) await once(signal, 'abort');
  await page.end();
  await forgetConsole(url);
  signal.throwIfAborted();
  return 0;
};

async function listen(server: ReturnType<typeof consoleServer>['server'], port: number): Promise<void> {
  try {
    await server.listen({ host: '127.0.0.1', port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UsageError(
      `CONSOLE_PORT=${port} is taken, perhaps by another console. Allowed: a free port; 0 chooses one. Type: make console CONSOLE_PORT=0`,
    );
  }
}
