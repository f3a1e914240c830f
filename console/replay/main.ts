import { type PackedScene, unpacked } from '../scene/pack.ts';
import { mountReplay } from './replay-view.ts';

// The entry of an exported page, which holds its scenes as JSON.
const [root, data] = [document.querySelector<HTMLElement>('#replay'), document.querySelector('#scenes')];
if (root && data) mountReplay(root, (JSON.parse(data.textContent ?? '[]') as PackedScene[]).map(unpacked));
