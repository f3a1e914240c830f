// A thread that makes one page.

import { parentPort, workerData } from 'node:worker_threads';
import { sceneIn } from '../../lab/run/recording/scene-in.ts';
import { replayPage } from '../export/replay-page.ts';

parentPort?.postMessage(replayPage((workerData as readonly string[]).map(sceneIn)));
