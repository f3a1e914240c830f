import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, describe, it } from 'node:test';
import { servesAsProcess } from '../../../cluster/local/own-server.ts';
import { type MemberSpec, ProcessMember } from '../../../cluster/local/process-member.ts';
import { ownsListeningSocket } from '../../../cluster/ports/listening-socket.ts';
import { identityOf } from '../../../cluster/process-identity.ts';
import { leaseGround } from '../../../cluster/servers/lease-ground.ts';
import { isReady } from '../../../cluster/serves.ts';
import { topology } from '../../../cluster/topology.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { MemberFailed } from '../../../services/shared/lab-errors.ts';
import { noGuard } from '../../support/no-guard.ts';

const RUN = 'this run';
const settings = settingsFrom(valuesFrom('herd', ['PROXY=squid', 'PROXIES=1'], {}));
const { members } = topology(settings, leaseGround(settings), RUN);
const member = (name: string) => members.find((one) => one.name === name) ?? assert.fail(`no ${name}`);

describe('a member', () => {
  const servers: Server[] = [];
  const children: ChildProcess[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-ready-'));
  const logPath = join(folder, 'log');

  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    for (const child of children.splice(0)) {
      process.kill(-(child.pid as number), 'SIGKILL');
      await once(child, 'exit');
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A server that answers everything with this. */
  async function serverThatSays(body: object): Promise<{ url: string; port: number }> {
    const server = createServer((_, response) => response.end(JSON.stringify(body))).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, port };
  }

  /** Starts a process group, which ends with the test. */
  function start(command: string, ...args: string[]): ChildProcess & { pid: number } {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    children.push(child);
    return child as ChildProcess & { pid: number };
  }

  it('is ready when it answers its own name and the token of the run, and not when anybody else answers', async () => {
    const isReadyWhere = async (name: string, says: object) =>
      isReady(member(name), (await serverThatSays(says)).url, { run: RUN });
    for (const name of ['app-1', 'origin']) {
      assert.equal(await isReadyWhere(name, { ready: true, name, run: RUN }), true, name);
      assert.equal(await isReadyWhere(name, { ready: true }), false, 'a service that is no member');
      assert.equal(await isReadyWhere(name, { ready: true, name, run: '' }), false, 'one of no run');
      assert.equal(await isReadyWhere(name, { ready: true, name, run: 'another run' }), false, 'another run');
      assert.equal(
        await isReadyWhere(name, { ready: true, name: 'app-2', run: RUN }),
        false,
        'another member',
      );
    }
  });

  it('that is a proxy is ready when a replica of the run answers behind it', async () => {
    const isReadyWhere = async (says: object) =>
      isReady(member('proxy-1'), (await serverThatSays(says)).url, { run: RUN });
    assert.equal(await isReadyWhere({ ready: true, name: 'app-2', run: RUN }), true);
    assert.equal(await isReadyWhere({ ready: true, name: 'app-2', run: 'another run' }), false);
  });

  it('that is somebody else’s program is ready when its own process has the socket, and not when another has', async () => {
    const { url, port } = await serverThatSays({ ready: true });
    const ready = servesAsProcess(url, port);
    assert.equal(await ready(process.pid), true);
    assert.equal(await ready(start('sleep', '60').pid), false);
  });

  it('may leave its socket to a descendant', async () => {
    const server =
      "require('http').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
    // The shell has a child that has the server.
    const shell = start('sh', '-c', `sh -c '"$0" -e "$1"; :' "$0" "$1"; :`, process.execPath, server);
    const [line] = await once(createInterface({ input: shell.stdout as NodeJS.ReadableStream }), 'line');
    const port = Number(line);
    assert.equal(ownsListeningSocket(shell.pid, port), true);
    assert.equal(ownsListeningSocket(start('sleep', '60').pid, port), false);
    assert.equal(ownsListeningSocket(shell.pid, port + 1), undefined, 'a port where nobody listens');
  });

  it('that ended does not become ready by another that answers in its place', async () => {
    const spec: MemberSpec = {
      name: 'app-1',
      command: 'sh',
      args: ['-c', 'exit 1'],
      env: {},
      logPath,
      // Another answers at once, when the process has ended and its event cannot have come: the loop is held up.
      async ready(pid) {
        const giveUpAt = performance.now() + 5000;
        while (identityOf(pid) && performance.now() < giveUpAt);
        return true;
      },
    };
    const starting = new ProcessMember(spec, noGuard).start(AbortSignal.timeout(10_000));
    await assert.rejects(
      starting,
      (error) => error instanceof MemberFailed && /app-1 ended while starting/.test(error.message),
    );
  });
});
