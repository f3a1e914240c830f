import type { FaultSpan } from '../../judge/timeline/spans.ts';
import type { FleetState, MemberState } from '../view/fleet.ts';
import { element, KeyedList, setText } from './dom.ts';

interface Card {
  readonly name: string;
  readonly kind: string;
  readonly text: string;
}

/** Shows each member of the fleet, the origin, and what a fault has struck. */
export class FleetList {
  readonly element = element('ul', { class: 'fleet', 'aria-label': 'the fleet' });
  readonly #cards = new KeyedList<Card>(this.element, makeCard);

  update(fleet: FleetState, faults: readonly FaultSpan[]): void {
    const { originRunning: running, originQueued: queued } = fleet;
    const origin: Card = {
      name: 'origin',
      kind: running + queued > 1 ? 'crowded' : running > 0 ? 'recomputes' : 'up',
      text: running + queued === 0 ? 'idle' : `runs ${running}${queued > 0 ? `, ${queued} queue` : ''}`,
    };
    const struck = fleet.others.map(
      ({ name, health, fault }): Card => ({
        name: name === 'origin' ? 'origin, struck' : name,
        kind: health.replace(' ', '-'),
        text: health === 'struck' ? `under ${fault}` : health,
      }),
    );
    const latest = faults.at(-1);
    this.element.dataset.fault =
      latest?.healedWallMs !== undefined ? 'healed' : latest?.injectedWallMs ? 'injected' : '';
    this.#cards.set([...fleet.members.map(cardOf), origin, ...struck], ({ name }) => name);
  }
}

function makeCard({ name }: Card): { element: HTMLElement; update(card: Card): void } {
  const text = element('span');
  const made = element('li', {}, element('strong', {}, name), text);
  return {
    element: made,
    update(card) {
      if (made.className !== card.kind) made.className = card.kind;
      setText(text, card.text);
    },
  };
}

function cardOf({ name, health, holdsForMs, waitsForMs, recomputes, unanswered }: MemberState): Card {
  if (health !== 'up' && health !== 'struck')
    return {
      name,
      kind: health.replace(' ', '-'),
      text: holdsForMs === undefined ? health : `${health}, with the lease`,
    };
  if (holdsForMs !== undefined)
    return { name, kind: 'holds', text: `holds the lease, ${Math.round(holdsForMs)} ms` };
  if (recomputes > 0) return { name, kind: 'recomputes', text: `${recomputes} at the origin` };
  if (waitsForMs !== undefined)
    return {
      name,
      kind: 'waits',
      text: `waits, ${Math.round(waitsForMs)} ms${unanswered > 1 ? `; ${unanswered} requests` : ''}`,
    };
  return { name, kind: 'up', text: 'answers at once' };
}
