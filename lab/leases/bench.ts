import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lockServerMember } from '../../cluster/local/locks.ts';
import { HOST, redisMember } from '../../cluster/local/members.ts';
import { type MemberSpec, ProcessMember } from '../../cluster/local/process-member.ts';
import { redisServerCommand } from '../../cluster/local/redis-server.ts';
import { Relay } from '../../cluster/local/relay.ts';
import { addressOfLocks } from '../../cluster/lock-servers.ts';
import { freePorts } from '../../cluster/ports.ts';
import { startReaper } from '../../cluster/reaper.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { type Participant, participate, type Where } from './participant.ts';
import type { Variant } from './variants.ts';

const REDLOCK_SERVERS = 5;

/** What a variant stands on, with a link between it and the holder that can be cut. */
export interface Bench {
  /** Somebody beside the holder, in this process. */
  readonly other: Participant;
  /** A process that holds the key's lease, once it does. */
  holder(key: string): Promise<Holder>;
  /** Kills what grants the leases, and starts it again. Undefined where there is no such thing. */
  readonly restart: (() => Promise<void>) | undefined;
  /** The holder's link to it. */
  readonly link: { cut(): void; mend(): void } | undefined;
  close(): Promise<void>;
}

export interface Holder {
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Has it write under its lease, and gives what became of that. */
  commit(): Promise<string>;
  end(): Promise<void>;
}

export async function startBench(variant: Variant, leaseMs: number, signal: AbortSignal): Promise<Bench> {
  const { on } = variant;
  const folder = await mkdtemp(join(tmpdir(), 'dogpile-leases-'));
  const logs = join(folder, 'logs');
  await mkdir(logs);
  const reaper = startReaper();
  const command = redisServerCommand();
  const count = { redis: 0, file: 0, redlock: REDLOCK_SERVERS, postgres: 1, mariadb: 1, memcached: 1 }[on];
  const [storePort = 0, ...ports] = await freePorts(1 + count);
  const redisAt = (name: string, port: number) => redisMember({ folder, logs }, { name, command, port });
  const memberAt = (port: number, index: number): MemberSpec => {
    const name = `lock-${index + 1}`;
    return on === 'redlock' || on === 'redis' || on === 'file'
      ? redisAt(name, port)
      : lockServerMember(on, { name, port, logs });
  };
  const addressAt = (port: number) =>
    on === 'redlock' || on === 'redis' || on === 'file'
      ? `redis://${HOST}:${port}`
      : addressOfLocks(on, port);

  const store = new ProcessMember(redisAt('redis', storePort), reaper);
  const servers = ports.map((port, index) => new ProcessMember(memberAt(port, index), reaper));
  const granting = on === 'redis' ? [store] : servers;
  const relays: Relay[] = [];
  const relayed = async (to: number) => {
    const relay = new Relay(to);
    const [port = 0] = await freePorts(1);
    await relay.listen(port);
    relays.push(relay);
    return port;
  };
  const close = async () => {
    for (const relay of relays) relay.close();
    await Promise.all([store, ...servers].map((server) => server.kill()));
    reaper.dismiss();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([store, ...servers].map((server) => server.start(signal)));
    const folders = [pathToFileURL(join(folder, 'locks')).href];
    const direct: Where = {
      store: addressAtStore(storePort),
      servers: on === 'file' ? folders : ports.map(addressAt),
      leaseMs,
      holder: 'other',
    };
    const far: Where = {
      ...direct,
      ...(on === 'redis' && { store: addressAtStore(await relayed(storePort)) }),
      ...(count > 0 && { servers: (await Promise.all(ports.map(relayed))).map(addressAt) }),
      holder: 'holder',
    };
    const other = participate(variant, direct);
    const link = {
      cut: () => relays.forEach((relay) => void relay.cut()),
      mend: () => relays.forEach((relay) => void relay.mend()),
    };
    return {
      other,
      holder: (key) => startHolder({ ...far, variant: variant.name, key }, reaper),
      restart:
        granting.length === 0
          ? undefined
          : async () => {
              await Promise.all(granting.map((server) => server.kill()));
              await Promise.all(granting.map((server) => server.start(signal)));
            },
      link: relays.length > 0 ? link : undefined,
      async close() {
        other.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const addressAtStore = (port: number) => `redis://${HOST}:${port}`;

async function startHolder(
  told: Where & { readonly variant: string; readonly key: string },
  guard: ReturnType<typeof startReaper>,
): Promise<Holder> {
  const program = fileURLToPath(new URL('holder.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(told)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const { pid = 0 } = child;
  guard.started(pid);
  void exited.then(() => guard.ended(pid));
  // One that was killed reads no more.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value as string | undefined;
  if ((await line()) !== 'held')
    throw new MemberFailed(`the holder of ${told.variant} ended without a lease`);
  return {
    signal: (name) => void child.kill(name),
    async commit() {
      child.stdin.write('commit\n');
      return (await line()) ?? 'ended';
    },
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
