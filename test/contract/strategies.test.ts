import { strategies } from '../../strategies/index.ts';
import { startFleet } from '../support/fleet.ts';
import { strategyContract } from './strategy-contract.ts';

for (const definition of strategies) strategyContract(definition, startFleet);
