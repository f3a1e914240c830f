import type { ShownTimeline } from '../view/messages.ts';

const [LEFT, RIGHT, TOP, AREA, GAP, LANE, AXIS] = [74, 8, 20, 74, 26, 20, 22];
const FONT = '12px system-ui, -apple-system, Roboto, sans-serif';

/** What a picture shows, in numbers: for a test, and for people who cannot see it. */
export interface Drawn {
  readonly peakOrigin: number;
  readonly peakUnanswered: number;
  readonly stepMs: number;
}

/** Draws a run over time: requests without an answer, recomputes at the origin, and a lane for each member. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  timeline: ShownTimeline,
  momentWallMs: number | undefined,
): Drawn {
  const width = canvas.clientWidth;
  const height = TOP + 2 * AREA + 2 * GAP + LANE * timeline.members.length + AXIS;
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  const { origin, requests } = timeline;
  const drawn: Drawn = {
    peakOrigin: Math.max(0, ...origin.calls),
    peakUnanswered: Math.max(0, ...requests.unanswered),
    stepMs: requests.widthMs,
  };
  if (!context || width === 0) return drawn;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  new Picture(context, timeline, { width, height }).draw(drawn, momentWallMs);
  return drawn;
}

class Picture {
  readonly #context: CanvasRenderingContext2D;
  readonly #timeline: ShownTimeline;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #style: CSSStyleDeclaration;

  constructor(
    context: CanvasRenderingContext2D,
    timeline: ShownTimeline,
    size: { readonly width: number; readonly height: number },
  ) {
    this.#context = context;
    this.#timeline = timeline;
    this.#size = size;
    this.#style = getComputedStyle(context.canvas);
    context.font = FONT;
    context.textBaseline = 'middle';
  }

  draw({ peakOrigin, peakUnanswered }: Drawn, momentWallMs: number | undefined): void {
    const { origin, requests, members, faults, window } = this.#timeline;
    const [bottom, lanes] = [this.#size.height - AXIS, TOP + 2 * (AREA + GAP)];
    for (const { injectedWallMs, healedWallMs = window.untilWallMs } of faults)
      if (injectedWallMs !== undefined)
        this.#bar(injectedWallMs, healedWallMs, TOP - 4, bottom - TOP + 4, 'fault');
    this.#axis(bottom);
    const originTop = TOP + AREA + GAP;
    this.#area('requests without an answer', TOP, [requests.unanswered], peakUnanswered, ['wait']);
    this.#area('recomputes at the origin', originTop, [origin.calls, origin.running], peakOrigin, [
      'queue',
      'recompute',
    ]);
    members.forEach((member, index) => {
      this.#lane(member, lanes + index * LANE);
    });
    if (momentWallMs !== undefined) this.#moment(momentWallMs, bottom);
  }

  #x(wallMs: number): number {
    const { fromWallMs, untilWallMs } = this.#timeline.window;
    const share = (wallMs - fromWallMs) / Math.max(1, untilWallMs - fromWallMs);
    return LEFT + Math.min(1, Math.max(0, share)) * (this.#size.width - LEFT - RIGHT);
  }

  #color(name: string): string {
    return this.#style.getPropertyValue(`--${name}`);
  }

  #bar(fromWallMs: number, untilWallMs: number, top: number, height: number, color: string): void {
    const [from, until] = [this.#x(fromWallMs), this.#x(untilWallMs)];
    this.#context.fillStyle = this.#color(color);
    this.#context.fillRect(from, top, Math.max(1.5, until - from), height);
  }

  #text(text: string, x: number, y: number, color: string, align: CanvasTextAlign = 'left'): void {
    this.#context.fillStyle = this.#color(color);
    this.#context.textAlign = align;
    this.#context.fillText(text, x, y);
  }

  /** Draws columns over one another, the largest first, with the greatest value at the left. */
  #area(
    title: string,
    top: number,
    columns: readonly (readonly number[])[],
    peak: number,
    colors: readonly string[],
  ): void {
    const { window, requests } = this.#timeline;
    const most = Math.max(peak, 4);
    this.#text(title, LEFT, top - 9, 'muted');
    this.#text(`${peak}`, LEFT - 8, top + AREA * (1 - peak / most) + 5, 'ink', 'right');
    this.#text('0', LEFT - 8, top + AREA - 4, 'muted', 'right');
    columns.forEach((column, index) => {
      this.#context.fillStyle = this.#color(colors[index] ?? 'ink');
      column.forEach((value, bin) => {
        if (value <= 0) return;
        const fromMs = window.fromWallMs + bin * requests.widthMs;
        const [from, until] = [this.#x(fromMs), this.#x(fromMs + requests.widthMs)];
        const height = Math.max(2, (value / most) * AREA);
        this.#context.fillRect(from, top + AREA - height, until - from + 0.5, height);
      });
    });
    this.#context.fillStyle = this.#color('grid');
    this.#context.fillRect(LEFT, top + AREA, this.#size.width - LEFT - RIGHT, 1);
  }

  /** Draws who waits, who recomputes, who holds the lease, and which writes the store took or refused. */
  #lane(member: string, top: number): void {
    const { recomputes, waits, leases, commits, window } = this.#timeline;
    const middle = top + LANE / 2;
    this.#text(member.length > 10 ? `${member.slice(0, 9)}…` : member, LEFT - 8, middle, 'ink', 'right');
    this.#context.fillStyle = this.#color('grid');
    this.#context.fillRect(LEFT, middle, this.#size.width - LEFT - RIGHT, 1);
    for (const { by, fromWallMs, untilWallMs = window.untilWallMs } of waits.listed)
      if (by === member) this.#bar(fromWallMs, untilWallMs, middle - 2, 5, 'wait');
    for (const { by, arrivedWallMs, endedWallMs = window.untilWallMs } of recomputes.listed)
      if (by === member) this.#bar(arrivedWallMs, endedWallMs, middle - 4, 9, 'recompute');
    for (const { by, grantedWallMs, endedWallMs } of leases.listed)
      if (by === member) this.#bar(grantedWallMs, endedWallMs, middle + 5, 3, 'lease');
    for (const { by, atWallMs, accepted } of commits.listed)
      if (by === member) this.#write(this.#x(atWallMs), middle, accepted);
  }

  #write(x: number, middle: number, accepted: boolean): void {
    const context = this.#context;
    if (accepted) {
      context.fillStyle = this.#color('pass');
      context.fillRect(x - 1, middle - 6, 2, 12);
      return;
    }
    context.strokeStyle = this.#color('fail');
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 5, middle - 6);
    context.lineTo(x + 5, middle + 6);
    context.moveTo(x + 5, middle - 6);
    context.lineTo(x - 5, middle + 6);
    context.stroke();
  }

  #axis(bottom: number): void {
    const { fromWallMs, untilWallMs } = this.#timeline.window;
    const wide = (this.#size.width - LEFT - RIGHT) / 56;
    const steps = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
    const seconds = (untilWallMs - fromWallMs) / 1000;
    const step = steps.find((candidate) => seconds / candidate <= wide) ?? 1000;
    const since = this.#timeline.beganWallMs;
    const first = Math.ceil((fromWallMs - since) / 1000 / step);
    for (let mark = first; since + mark * step * 1000 <= untilWallMs; mark++) {
      const x = this.#x(since + mark * step * 1000);
      this.#context.fillStyle = this.#color('grid');
      this.#context.fillRect(x, TOP, 1, bottom - TOP);
      this.#text(`${mark * step} s`, x, bottom + 11, 'muted', 'center');
    }
  }

  #moment(wallMs: number, bottom: number): void {
    const x = this.#x(wallMs);
    this.#context.fillStyle = this.#color('ink');
    this.#context.fillRect(x - 0.5, TOP - 4, 1.5, bottom - TOP + 4);
  }
}

/** Says what the picture shows, for people who cannot see it. */
export const describe = ({ members }: ShownTimeline, { peakOrigin, peakUnanswered }: Drawn): string =>
  `${members.length} members over time. At most ${peakOrigin} ${peakOrigin === 1 ? 'recompute was' : 'recomputes were'} at the origin at once, and at most ${peakUnanswered} requests had no answer.`;
