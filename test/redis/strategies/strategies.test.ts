import { strategies } from '../../../strategies/index.ts';
import { strategyContract } from '../../suites/strategy-contract.ts';
import { startFleet } from '../../support/fleet.ts';

for (const definition of strategies) strategyContract(definition, startFleet);
