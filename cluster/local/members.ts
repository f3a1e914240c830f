import { join } from 'node:path';
import { ownProcess } from '../own/process.ts';
import { ownsListeningSocket } from '../ports/listening-socket.ts';
import { isReady } from '../serves.ts';
import { type Member, type Role, resolve } from '../topology.ts';
import type { LocalGround, Recipe } from './ground.ts';
import { lockServer } from './locks.ts';
import type { MemberSpec } from './process-member.ts';
import { proxy } from './proxies.ts';
import { redisServer } from './redis-server.ts';
import { sentinel } from './sentinel.ts';
import { service } from './services.ts';

const RECIPES: Readonly<Record<Role, Recipe>> = {
  replica: service('app'),
  refresher: service('refresher'),
  origin: service('origin'),
  redis: redisServer,
  'redis-replica': redisServer,
  sentinel,
  'lock-server': lockServer,
  proxy,
  relay: service('relay'),
};

/** The process that a member is on this machine. */
export async function processOf(member: Member, ground: LocalGround): Promise<MemberSpec> {
  const { name, role, url, own } = member;
  const { token: run, placement } = ground;
  return {
    name,
    logPath: join(ground.logs, `${name}.log`),
    ready: async (pid) =>
      (await isReady(member, resolve(url, placement.at), { run, pid })) &&
      ownsListeningSocket(pid, placement.portOf(name)) !== false,
    ...(await (own ? ownProcess(own) : RECIPES[role])(member, ground)),
  };
}
