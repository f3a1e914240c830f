import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PortRegistry } from '../../../cluster/ports/registry.ts';
import { reserveAny, reservePorts, reservePreferred, reserveRow } from '../../../cluster/ports.ts';
import { within } from '../../support/within.ts';

const PROGRAM = fileURLToPath(new URL('../../support/reserving.ts', import.meta.url));
const ANSWER_WITHIN_MS = 60_000;
/** Beside the ports that labs choose, so that other labs on this machine do not matter. */
const [FIRST, LAST] = [12_000, 12_007];

/** Another process, which reserves in the same registry. */
interface Other {
  readonly child: ChildProcess;
  order(line: string): Promise<string>;
}

describe('reserved ports', () => {
  let folder: string;
  let registry: PortRegistry;
  let others: Other[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dogpile-ports-test-'));
    registry = new PortRegistry(folder);
    others = [];
  });

  afterEach(async () => {
    await Promise.all(others.map(end));
    rmSync(folder, { recursive: true });
  });

  function startOther(): Other {
    const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const other = {
      child,
      async order(line: string) {
        child.stdin.write(`${line}\n`);
        const { value } = await within(ANSWER_WITHIN_MS, `the answer to ${line}`, lines.next());
        return value as string;
      },
    };
    others.push(other);
    return other;
  }

  async function end({ child }: Other): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('are never those of two processes, though they reserve and release again and again, and one is killed', async () => {
    const witnesses = join(folder, 'witnesses');
    mkdirSync(witnesses);
    // It holds two of the eight until it is killed, and the others find its claims stale at the same time.
    const killed = startOther();
    assert.equal(await killed.order(`row ${FIRST} 2`), 'got');
    const busy = [startOther(), startOther()];
    const ended = busy.map(({ order }) => order(`rounds 300 ${FIRST} ${LAST} ${witnesses}`));
    await end(killed);
    assert.deepEqual(await Promise.all(ended), ['done', 'done']);
    assert.deepEqual((await reservePorts(LAST - FIRST + 1, FIRST, registry)).ports.length, LAST - FIRST + 1);
  });

  it('are one of two processes that want the same ones in the same instant, and the other is told', async () => {
    const both = [startOther(), startOther()];
    for (let round = 0; round < 25; round++) {
      const answers = await Promise.all(both.map(({ order }) => order(`row ${FIRST} 3`)));
      const refusals = answers.filter((answer) => answer !== 'got');
      assert.equal(refusals.length, 1, `round ${round}: ${answers}`);
      assert.match(
        refusals[0] ?? '',
        /^PORT=12000 needs ports 12000 to 12002, and the lab with pid \d+ has reserved/,
      );
      await Promise.all(both.map(({ order }) => order('release')));
    }
  });

  it('are refused while their owner lives, and free as soon as it is gone, however it went', async () => {
    const other = startOther();
    assert.equal(await other.order(`row ${FIRST + 1} 1`), 'got');
    await assert.rejects(reservePorts(3, FIRST, registry), {
      code: 'ERR_DOGPILE_USAGE',
      message: `PORT=12000 needs ports 12000 to 12002, and the lab with pid ${other.child.pid} has reserved 12001. Wait until it ends, or type: make herd PORT=0`,
    });
    assert.deepEqual(readdirSync(folder).length, 1, 'a refusal leaves nothing reserved');
    await end(other);
    await reservePorts(3, FIRST, registry);
    assert.deepEqual(
      registry.claims().map(({ owner }) => owner.pid),
      [process.pid, process.pid, process.pid],
    );
    assert.equal(readdirSync(folder).length, 3, 'what the dead one claimed is removed');
  });

  it('are refused while somebody listens there, and not reserved then', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await assert.rejects(reservePorts(1, port, registry), {
      message: `PORT=${port} needs ports ${port} to ${port}, and ${port} is in use. Free it, or type: make herd PORT=0`,
    });
    assert.notDeepEqual((await reservePreferred(port, registry)).ports, [port]);
    server.close();
    await once(server, 'close');
    assert.deepEqual((await reservePreferred(port, registry)).ports, [port]);
  });

  it('stay those of a later reservation when an earlier one is released twice', async () => {
    const earlier = await reservePorts(1, FIRST, registry);
    await assert.rejects(reservePorts(1, FIRST, registry), /has reserved 12000/);
    earlier.release();
    await reservePorts(1, FIRST, registry);
    earlier.release();
    assert.deepEqual(
      registry.claims().map(({ port }) => port),
      [FIRST],
    );
  });

  it('are none that the system hands out by itself', async () => {
    const [first] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/);
    const { ports } = await reserveAny(20, undefined, registry);
    assert.equal(new Set(ports).size, 20);
    for (const port of ports) assert.ok(port < Number(first), `${port}`);
  });

  it('are in a row where a row is wanted', async () => {
    const { ports } = await reserveRow(5, undefined, registry);
    assert.deepEqual(
      ports,
      ports.map((_, index) => (ports[0] ?? 0) + index),
    );
  });

  it('are not taken from a folder of another user, who could claim them all', {
    skip: process.getuid?.() !== 0 && 'only root can give a folder to another user',
  }, () => {
    chownSync(folder, 1, 1);
    assert.throws(() => new PortRegistry(folder), /belongs to another user\. Remove it, or type: TMPDIR=/);
  });
});
