import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { originEnvironment } from '../environment.ts';
import { ProcessMember } from '../local/process-member.ts';
import { redisProcess, redisServerCommand } from '../local/redis-server.ts';
import { identityOf } from '../process-identity.ts';
import { startReaper } from '../reaper.ts';
import { serves } from '../serves.ts';
import { describeOpenOrigin, forgetOpenOrigin, type OpenOrigin } from './open-origin.ts';

export interface OpenOriginSpec {
  readonly settings: Settings;
  /** Where the services reach it. Redis takes the next port. */
  readonly host: string;
  readonly port: number;
  readonly names: readonly string[];
  /** For the ledger and the logs. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface StartedOrigin {
  readonly open: OpenOrigin;
  /** Gives the name of the process that has exited; undefined: both run. */
  casualty(): string | undefined;
  /** Ends both. */
  end(): Promise<void>;
}

/** Starts an origin and a Redis for services that run already, and describes them for other labs. */
export async function startOpenOrigin(spec: OpenOriginSpec): Promise<StartedOrigin> {
  const { host, port, names, signal } = spec;
  const redisCommand = redisServerCommand();
  for (const one of [port, port + 1]) await refuseUnlessFree(host, one);
  const reaper = startReaper();
  const token = randomBytes(12).toString('hex');
  const open: OpenOrigin = {
    owner: identityOf(process.pid) ?? { pid: process.pid },
    token,
    origin: `http://${host}:${port}`,
    redis: `redis://${host}:${port + 1}`,
    names: [...names],
  };
  const members = [redisMember(spec, redisCommand, open), originMember(spec, open)].map(
    (member) => new ProcessMember(member, reaper),
  );
  const end = async () => {
    await forgetOpenOrigin();
    await Promise.all(members.map((member) => member.end(signal)));
    reaper.dismiss();
  };
  try {
    await Promise.all(members.map((member) => member.start(signal)));
    await describeOpenOrigin(open);
  } catch (error) {
    await end();
    throw error;
  }
  return { open, end, casualty: () => members.find(({ failed }) => failed)?.spec.name };
}

const logOf = (folder: string, name: string) => join(folder, `${name}.log`);

const redisMember = (
  { host, port, folder }: OpenOriginSpec,
  redisCommand: string,
  { redis }: OpenOrigin,
) => ({
  name: 'redis',
  logPath: logOf(folder, 'redis'),
  // It listens at the requested address, without a password.
  ...redisProcess(port + 1, { folder, redisCommand }, ['--bind', host, '--protected-mode', 'no']),
  ready: (pid: number) => serves(redis, pid),
});

const originMember = (
  { settings, host, port, names, folder }: OpenOriginSpec,
  { origin, token }: OpenOrigin,
) => ({
  name: 'origin',
  logPath: logOf(folder, 'origin'),
  command: process.execPath,
  args: [fileURLToPath(new URL('../../services/origin/main.ts', import.meta.url))],
  env: {
    ...originEnvironment(settings, names),
    NAME: 'origin',
    HOST: host,
    PORT: `${port}`,
    LEDGER: join(folder, 'ledger.jsonl'),
    RUN_TOKEN: token,
  },
  ready: () => serves(origin),
});

/** Throws {@link UsageError} where the port is taken, or the host is not this machine's. */
async function refuseUnlessFree(host: string, port: number): Promise<void> {
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (!error) return;
  const why =
    error.code === 'EADDRINUSE'
      ? `port ${port} is in use`
      : `this machine cannot listen at ${host} (${error.code})`;
  throw new UsageError(
    `LISTEN=${host}:${port}: ${why}. Allowed: an address of this machine, with that port and the next one free. Type: make origin LISTEN=127.0.0.1:9000`,
  );
}
