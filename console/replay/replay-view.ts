import type { Scene } from '../scene/scene.ts';
import { Chapters } from './chapters.ts';
import { Controls } from './controls.ts';
import { element, say } from './elements.ts';
import { legend } from './legend.ts';
import { type Colors, colorsOf } from './picture/colors.ts';
import { peaksOf } from './picture/peaks.ts';
import { ReplayClock } from './replay-clock.ts';
import { StageView } from './stage-view.ts';

/** A dot takes so long from one place to the next, in the time of the page. */
const TRAVEL_PAGE_MS = 260;
/** A replay begins so long before the expiry, in the time of the run. */
const LEAD_MS = 120;
/** A page that was hidden goes on where it was. */
const MOST_STEP_MS = 100;
/** A screen reader hears of changes so often at the most. */
const ANNOUNCE_EVERY_MS = 3000;

/** Puts a replay of these scenes into an element, on one clock. Gives a function that ends it. */
export function mountReplay(root: HTMLElement, scenes: readonly Scene[]): () => void {
  const common = {
    peaks: peaksOf(scenes),
    fromMs: Math.min(...scenes.map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...scenes.map(({ untilMs }) => untilMs)),
    isCompact: scenes.length > 1,
  };
  const zero = scenes.every(({ early }) => early) ? 'the refresh' : 'the expiry';
  const clock = new ReplayClock(common.fromMs, common.untilMs, -LEAD_MS);
  const stages = scenes.map((scene) => new StageView(scene, common));
  const moments = stages.flatMap((stage) => stage.moments).sort((a, b) => a.atMs - b.atMs);
  const turns = moments.filter(({ isTurn }) => isTurn);
  const announcer = element('p', { class: 'unseen', role: 'status' });
  let colors: Colors | undefined;
  let everyEvent = false;
  let frame = 0;
  let [lastFrameAt, announcedAt] = [0, 0];

  const draw = () => {
    colors ??= colorsOf(root);
    const travelMs = TRAVEL_PAGE_MS / clock.slowdown;
    for (const stage of stages) stage.draw(clock.atMs, { travelMs, colors, everyEvent });
    controls.show(clock);
    chapters.show(clock.atMs);
    root.dataset.atMs = `${clock.atMs}`;
    root.dataset.playing = `${clock.isPlaying}`;
  };
  const announce = () => say(announcer, stages.map(({ words }) => words).join(' '));
  const tick = (now: number) => {
    clock.advance(Math.min(MOST_STEP_MS, now - lastFrameAt));
    lastFrameAt = now;
    draw();
    if (now - announcedAt > ANNOUNCE_EVERY_MS || !clock.isPlaying) {
      announcedAt = now;
      announce();
    }
    if (clock.isPlaying) frame = requestAnimationFrame(tick);
  };
  const show = () => {
    draw();
    if (!clock.isPlaying) announce();
  };
  const play = () => {
    everyEvent = false;
    clock.play();
    cancelAnimationFrame(frame);
    lastFrameAt = performance.now();
    frame = requestAnimationFrame(tick);
  };
  const seek = (atMs: number) => {
    everyEvent = false;
    clock.atMs = atMs;
    show();
  };

  const controls = new Controls(clock, zero, {
    toggle() {
      if (clock.isPlaying) clock.pause();
      else play();
      show();
    },
    step(direction, isTurn) {
      clock.step(isTurn ? turns : moments, direction);
      everyEvent = !isTurn;
      show();
    },
    seek,
    setSlowdown(slowdown) {
      clock.slowdown = slowdown;
      show();
    },
  });
  const chapters = new Chapters(
    stages
      .flatMap((stage, index) =>
        stage.moments
          .filter(({ isTurn }) => isTurn)
          .map((moment) => ({ ...moment, of: stages.length > 1 ? (scenes[index]?.strategy ?? '') : '' })),
      )
      .sort((a, b) => a.atMs - b.atMs),
    zero,
    (atMs) => {
      clock.pause();
      seek(atMs);
    },
  );
  root.replaceChildren(
    ...stages.map((stage) => stage.root),
    legend(scenes),
    controls.root,
    chapters.root,
    announcer,
  );

  const resize = () => {
    for (const stage of stages) stage.resize();
    draw();
  };
  const observer = new ResizeObserver(resize);
  observer.observe(root);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const onTheme = () => {
    colors = undefined;
    draw();
  };
  dark.addEventListener('change', onTheme);
  resize();
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) play();
  return () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
    dark.removeEventListener('change', onTheme);
    controls.end();
  };
}
