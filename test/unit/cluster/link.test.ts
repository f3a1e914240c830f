import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Link } from '../../../cluster/local/link.ts';
import { type Reservation, reserveAny } from '../../../cluster/ports.ts';
import { within } from '../../support/within.ts';

describe('a link that can be cut', () => {
  let server: Server;
  let link: Link;
  let reservation: Reservation;
  let port: number;
  let received: string;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    received = '';
    server = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      socket.on('data', (data) => {
        received += data;
        socket.write(`echo ${data}`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    link = new Link((server.address() as AddressInfo).port);
    reservation = await reserveAny(1);
    port = reservation.ports[0] as number;
    await link.listen(port);
  });

  afterEach(() => {
    link.close();
    reservation.release();
    server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  const client = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const said = async (socket: Socket, text: string) => {
    socket.write(text);
    const [answer] = await within(2000, 'the other end', once(socket, 'data'));
    return String(answer);
  };
  /** Another connection's round trip past the link: whatever could have arrived by now has. */
  const aWhile = async () => {
    const direct = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(direct);
    await said(direct, '.');
    received = received.replace('.', '');
  };

  it('carries what is sent, both ways', async () => {
    assert.equal(await said(await client(), 'one'), 'echo one');
  });

  it('delivers nothing while it is cut, closes nothing, and goes on where it stopped', async () => {
    const socket = await client();
    await said(socket, 'one');
    link.cut();
    socket.write('two');
    await aWhile();
    assert.equal(received, 'one');
    assert.equal(socket.destroyed, false);
    link.mend();
    const [answer] = await within(2000, 'the other end', once(socket, 'data'));
    assert.equal(String(answer), 'echo two');
    assert.equal(received, 'onetwo');
  });

  it('answers nobody who comes while it is cut before it is mended', async () => {
    link.cut();
    const socket = await client();
    socket.write('late');
    await aWhile();
    assert.equal(received, '');
    link.mend();
    const [answer] = await within(2000, 'the other end', once(socket, 'data'));
    assert.equal(String(answer), 'echo late');
  });

  it('tells the one end that the other died only once it is mended', async () => {
    const socket = await client();
    await said(socket, 'one');
    link.cut();
    sockets[1]?.destroy();
    await aWhile();
    assert.equal(socket.destroyed, false);
    link.mend();
    await within(2000, 'the other end', once(socket, 'close'));
  });
});
