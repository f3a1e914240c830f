import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalGround } from '../../cluster/local/ground.ts';
import { processOf } from '../../cluster/local/members.ts';
import { Placement } from '../../cluster/local/placement.ts';
import { ProcessMember } from '../../cluster/local/process-member.ts';
import { redisServerCommand } from '../../cluster/local/redis-server.ts';
import { reserveAny } from '../../cluster/ports.ts';
import { type Reaper, startReaper } from '../../cluster/reaper.ts';
import { tellOrigin } from '../../cluster/tell-origin.ts';
import { type Member, topology } from '../../cluster/topology.ts';
import { JournalReader } from '../../record/files/journal-reader.ts';
import { EVENTS, LEDGER } from '../../record/files/run-folder.ts';
import { type Asking, askingOf } from '../../record/foreign/asking.ts';
import type { Begun, LedgerLine } from '../../record/ledger.ts';
import type { Settings } from '../../record/settings.ts';
import { NotInTime, until } from '../../services/shared/until.ts';
import { type Asked, ask } from './ask.ts';
import { type Instance, instanceOf, LIMITS, type Limits } from './instance.ts';

/** The names of the instances of the service. */
export const [FIRST, SECOND] = ['app-1', 'app-2'] as const;
/** Asks the origin beside the service, so that versions do not begin at 1. */
const BYSTANDER = 'bystander';
/** So many versions a key has before the service asks for it. Nobody guesses the next one. */
const VERSIONS_BEFORE = 6;
/** How long past its TTL a value may be served before this counts as no expiry. */
const EXPIRES_WITHIN_MS = 3000;

/** An origin, a Redis, and up to two instances of the service. */
export class Stage {
  readonly settings: Settings;
  readonly asking: Asking;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  readonly #ground: LocalGround;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #ledger: JournalReader<LedgerLine>;
  readonly #begun: Begun[] = [];
  readonly #instances = new Map<string, Instance>();
  readonly #servers: readonly ProcessMember[];
  readonly #reaper: Reaper;
  readonly #releasePorts: () => void;

  private constructor(parts: {
    readonly settings: Settings;
    readonly signal: AbortSignal;
    readonly limits: Limits;
    readonly ground: LocalGround;
    readonly members: ReadonlyMap<string, Member>;
    readonly servers: readonly ProcessMember[];
    readonly reaper: Reaper;
    readonly releasePorts: () => void;
  }) {
    this.settings = parts.settings;
    this.asking = askingOf(parts.settings);
    this.signal = parts.signal;
    this.limits = parts.limits;
    this.#ground = parts.ground;
    this.#members = parts.members;
    this.#servers = parts.servers;
    this.#reaper = parts.reaper;
    this.#releasePorts = parts.releasePorts;
    this.#ledger = new JournalReader(join(parts.ground.folder, LEDGER));
  }

  /** Starts the origin and Redis. Ledger and logs go into the folder. */
  static async start(
    settings: Settings,
    folder: string,
    signal: AbortSignal,
    limits = LIMITS,
  ): Promise<Stage> {
    const token = randomBytes(12).toString('hex');
    const members = topology({ ...settings, replicas: 2 }, undefined, token);
    const redisCommand = redisServerCommand();
    const reservation = await reserveAny(Placement.portsFor(members));
    const placement = new Placement(members, reservation.ports);
    const [events, logs] = [join(folder, EVENTS), join(folder, 'logs')];
    const ground = { folder, events, logs, redisCommand, placement, token };
    const reaper = startReaper();
    await mkdir(logs, { recursive: true });
    const servers = await Promise.all(
      members.members
        .filter(({ role }) => role !== 'replica')
        .map(async (member) => new ProcessMember(await processOf(member, ground), reaper)),
    );
    const byName = new Map(members.members.map((member) => [member.name, member]));
    const stage = new Stage({
      settings,
      signal,
      limits,
      ground,
      members: byName,
      servers,
      reaper,
      releasePorts: () => reservation.release(),
    });
    try {
      await Promise.all(servers.map((server) => server.start(signal)));
      await fetch(`${stage.#origin}/askers/${BYSTANDER}`, { method: 'PUT', signal });
    } catch (error) {
      await stage.end();
      throw error;
    }
    return stage;
  }

  /** Starts an instance of the service, or gives the one that was started. */
  async instance(name: string): Promise<Instance> {
    const there = this.#instances.get(name);
    if (there) return there;
    const member = this.#members.get(name) as Member;
    const instance = await instanceOf(member, this.#ground, this.#reaper, this.limits);
    this.#instances.set(name, instance);
    await instance.start(this.signal);
    return instance;
  }

  /** Asks an instance for a key. */
  ask(name: string, key: string): Promise<Asked> {
    return ask({ name, url: this.urlOf(name) }, key, {
      asking: this.asking,
      settings: this.settings,
      signal: this.signal,
    });
  }

  /** Recomputes a key on behalf of somebody else, so that its next version is none that a service would make up. */
  async advance(key: string): Promise<void> {
    const url = `${this.#origin}/recompute/${key}?by=${BYSTANDER}`;
    const answers = Array.from({ length: VERSIONS_BEFORE }, () => fetch(url, { signal: this.signal }));
    await Promise.all(answers.map(async (answer) => (await answer).arrayBuffer()));
  }

  /** Lists the recomputes of a key that the service has asked for. */
  recomputesOf(key: string): readonly Begun[] {
    for (const line of this.#ledger.read()) if (line.event === 'begin') this.#begun.push(line);
    return this.#begun.filter((begun) => begun.key === key && begun.by !== BYSTANDER);
  }

  /** Asks for a key until it is recomputed once more, and gives that recompute; undefined if it takes far more than a TTL. */
  async untilRecomputed(key: string): Promise<Begun | undefined> {
    const before = this.recomputesOf(key).length;
    const look = async () => {
      await this.ask(FIRST, key);
      return this.recomputesOf(key)[before];
    };
    const withinMs = 2 * this.settings.ttlMs + EXPIRES_WITHIN_MS;
    try {
      return await until('the next recompute', look, { withinMs, everyMs: 50, signal: this.signal });
    } catch (error) {
      if (error instanceof NotInTime) return undefined;
      throw error;
    }
  }

  /** Gives where an instance listens. */
  urlOf(name: string): string {
    return `http://${this.#ground.placement.at(name)}`;
  }

  /** Says where the log of an instance is. */
  logOf(name: string): string {
    return join(this.#ground.logs, `${name}.log`);
  }

  tellOrigin(behaviour: Parameters<typeof tellOrigin>[1]): Promise<void> {
    return tellOrigin({ url: this.#origin }, behaviour);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#instances.values()].map((instance) => instance.end(this.signal)));
    await Promise.all(this.#servers.map((server) => server.end(this.signal)));
    this.#releasePorts();
    this.#reaper.dismiss();
  }

  get #origin(): string {
    return `http://${this.#ground.placement.at('origin')}`;
  }
}
