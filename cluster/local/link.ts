import { connect, createServer, type Server, type Socket } from 'node:net';
import { LOOPBACK } from '../ports.ts';

/** One connection through the link, and its continuation; none yet where it came while the link was cut. */
interface Wire {
  readonly from: Socket;
  to: Socket | undefined;
}

/**
 * A TCP link that can be cut. While it is, nothing arrives and nobody is told, as when a cable is pulled: connections
 * stay open, new ones get no answer. Mended, it goes on where it stopped, as TCP does.
 */
export class Link {
  readonly #server: Server;
  readonly #port: number;
  readonly #wires = new Set<Wire>();
  #cut = false;

  /** Forwards what comes to the link to the given port of the loopback interface. */
  constructor(port: number) {
    this.#port = port;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (from) => this.#accept(from));
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, LOOPBACK, resolve);
    });
    // A connection that cannot be accepted fails at its client.
    this.#server.removeAllListeners('error').on('error', () => {});
  }

  cut(): void {
    this.#cut = true;
    for (const { from, to } of this.#wires) {
      for (const socket of [from, to]) socket?.unpipe().pause();
    }
  }

  mend(): void {
    if (!this.#cut) return;
    this.#cut = false;
    for (const wire of this.#wires) this.#join(wire);
  }

  close(): void {
    this.#server.close();
    for (const wire of this.#wires) this.#drop(wire);
  }

  #accept(from: Socket): void {
    const wire: Wire = { from, to: undefined };
    this.#wires.add(wire);
    this.#watch(wire, from);
    if (!this.#cut) this.#join(wire);
  }

  #join(wire: Wire): void {
    if (!wire.to) {
      wire.to = connect({ port: this.#port, host: LOOPBACK, allowHalfOpen: true });
      this.#watch(wire, wire.to);
    }
    const { from, to } = wire;
    if (from.destroyed || to.destroyed) {
      this.#drop(wire);
      return;
    }
    from.pipe(to);
    to.pipe(from);
  }

  #watch(wire: Wire, socket: Socket): void {
    // Every error is followed by the close.
    socket.setNoDelay(true).on('error', () => {});
    socket.on('close', () => {
      if (!this.#cut) this.#drop(wire);
    });
  }

  #drop(wire: Wire): void {
    this.#wires.delete(wire);
    wire.from.destroy();
    wire.to?.destroy();
  }
}
