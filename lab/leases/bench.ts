import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { MutexGround } from '../../backends/locks/index.ts';
import type { Guard } from '../../cluster/guard.ts';
import { Link } from '../../cluster/local/link.ts';
import { lockServerProcess } from '../../cluster/local/locks.ts';
import { servesAsProcess } from '../../cluster/local/own-server.ts';
import { ProcessMember } from '../../cluster/local/process-member.ts';
import { redisServerCommand } from '../../cluster/local/redis-server.ts';
import { LOOPBACK, type Reservation, reserveAny, together } from '../../cluster/ports.ts';
import { startReaper } from '../../cluster/reaper.ts';
import { LOCK_SERVERS, type LockServerKind } from '../../cluster/servers/lock-servers.ts';
import { lockServersOf } from '../../cluster/topology.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { type Participant, participate, type Where } from './participant.ts';
import type { Variant } from './variants.ts';

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
  const { standsOn } = variant;
  const reaper = startReaper();
  const { folder, store, locks, reserved } = await benchServers(standsOn, reaper);
  const servers = [store, ...locks];
  const granting = standsOn === undefined ? [store] : locks;
  const links: Link[] = [];
  /** The address of a server, through a link that can be cut. */
  const linked = async ({ port, urlAt }: BenchServer) => {
    const link = new Link(port);
    const reservation = await reserveAny(1);
    reserved.push(reservation);
    const [at = 0] = reservation.ports;
    await link.listen(at);
    links.push(link);
    return urlAt(`${LOOPBACK}:${at}`);
  };
  const close = async () => {
    for (const link of links) link.close();
    await Promise.all(servers.map(({ process }) => process.kill()));
    together(reserved).release();
    reaper.dismiss();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(servers.map(({ process }) => process.start(signal)));
    const shared = { leaseMs, servers: [pathToFileURL(join(folder, 'locks')).href] };
    const direct: Where = {
      ...shared,
      store: store.url,
      ...(locks.length > 0 && { servers: locks.map(({ url }) => url) }),
      holder: 'other',
    };
    const far: Where = {
      ...shared,
      store: standsOn === undefined ? await linked(store) : store.url,
      ...(locks.length > 0 && { servers: await Promise.all(locks.map(linked)) }),
      holder: 'holder',
    };
    const other = participate(variant, direct);
    const link = {
      cut: () => links.forEach((one) => void one.cut()),
      mend: () => links.forEach((one) => void one.mend()),
    };
    const restart = async () => {
      await Promise.all(granting.map(({ process }) => process.kill()));
      await Promise.all(granting.map(({ process }) => process.start(signal)));
    };
    return {
      other,
      holder: (key) => startHolder({ ...far, variant: variant.name, key }, reaper, signal),
      restart: granting.length > 0 ? restart : undefined,
      link: links.length > 0 ? link : undefined,
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

interface BenchServer {
  readonly process: ProcessMember;
  readonly port: number;
  readonly url: string;
  urlAt(address: string): string;
}

/** The Redis of the values, and the lock servers that the topology of such a lease would have; none is started. */
async function benchServers(standsOn: MutexGround | undefined, guard: Guard) {
  const folder = await mkdtemp(join(tmpdir(), 'dogpile-leases-'));
  const redisCommand = redisServerCommand();
  const reserved: Reservation[] = [];
  const serverOf = async (name: string, kind: LockServerKind): Promise<BenchServer> => {
    const reservation = await reserveAny(1);
    reserved.push(reservation);
    const [port = 0] = reservation.ports;
    const { urlAt } = LOCK_SERVERS[kind];
    const url = urlAt(`${LOOPBACK}:${port}`);
    const spec = {
      name,
      logPath: join(folder, `${name}.log`),
      ready: servesAsProcess(url, port),
      ...lockServerProcess(kind, port, { folder, redisCommand }),
    };
    return { process: new ProcessMember(spec, guard), port, url, urlAt };
  };
  const locks = lockServersOf(standsOn).map(({ name, kind }) => serverOf(name, kind as LockServerKind));
  return { folder, store: await serverOf('redis', 'redis'), locks: await Promise.all(locks), reserved };
}

async function startHolder(
  told: Where & { readonly variant: string; readonly key: string },
  guard: Guard,
  signal: AbortSignal,
): Promise<Holder> {
  const program = fileURLToPath(new URL('holder.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(told)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const pid = child.pid ?? Number.NaN;
  if (child.pid !== undefined) guard.started(pid);
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  // Whoever waits for what it says then finds that it has ended.
  const end = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  void exited.then(() => {
    signal.removeEventListener('abort', end);
    guard.ended(pid);
  });
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
      end();
      await exited;
    },
  };
}
