import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findOpenOrigin } from '../../cluster/own/open-origin.ts';
import { startOpenOrigin } from '../../cluster/own/start-origin.ts';
import { createFolder } from '../../record/files/run-folder.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { until } from '../../services/shared/until.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { listenFrom, namesFrom } from '../parameters/own/origin-parameters.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { RESULTS } from '../run/results.ts';
import { timestamp } from '../run/timestamp.ts';
import type { Command } from './command.ts';

/** An origin and a Redis for services that the lab does not start, until Ctrl-C. */
export const origin: Command = async (invocation, signal) => {
  const values = valuesOf(invocation);
  const names = namesFrom(values.NAMES);
  const { host, port } = listenFrom(values.LISTEN);
  const settings = settingsFrom(values);
  const other = findOpenOrigin();
  if (other)
    throw new UsageError(
      `make origin runs here already (pid ${other.owner.pid}, ${other.origin}). Allowed: one in a folder. Type: kill -INT ${other.owner.pid}, then make origin`,
    );
  await ensureServersFor(settings, { runtime: 'local', why: 'make origin starts processes' }, signal);
  await mkdir(RESULTS, { recursive: true });
  const folder = resolve(RESULTS, await createFolder(RESULTS, `${timestamp(new Date())}-origin`));
  const { open, casualty, end } = await startOpenOrigin({ settings, host, port, names, folder, signal });
  try {
    console.log(
      [
        'Start each of your services with these variables:',
        `  ORIGIN_URL=${open.origin}`,
        `  REDIS_URL=${open.redis}`,
        `  TTL_MS=${settings.ttlMs}`,
        ...names.map((name) => `  NAME=${name}`),
        'Then, in another terminal, with one URL for each name:',
        `  make herd TARGET=${names.map((_, index) => `http://HOST:${8001 + index}`).join(',')}`,
        ...(isLoopback(host) ? [] : [`Whoever reaches ${host} reaches this Redis, which has no password.`]),
        'Ctrl-C ends both.',
      ].join('\n'),
    );
    const name = await until('an end', casualty, {
      withinMs: Number.POSITIVE_INFINITY,
      everyMs: 200,
      signal,
    });
    throw new MemberFailed(`${name} ended by itself; its log: ${folder}/${name}.log`);
  } finally {
    await end();
  }
};

const isLoopback = (host: string): boolean => host === 'localhost' || host.startsWith('127.');
