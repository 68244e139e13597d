// Runs one scenario: node run.mjs <scenario> <settings as JSON>.
// Prints JSON lines; the last one tells the outcome: {"outcome":"passed"} or {"outcome":"failed","error":"…"}.
import { Trial } from './trial.mjs';

const [scenario, settings] = process.argv.slice(2);
const trial = new Trial(JSON.parse(settings));
process.on('unhandledRejection', (error) => finish({ outcome: 'failed', error: `unhandled: ${error?.stack ?? JSON.stringify(error)}` }));

function finish(outcome) {
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(outcome.outcome === 'passed' ? 0 : 1));
}

try {
  const { default: run } = await import(`./scenarios/${scenario}.mjs`);
  await run(trial);
  await trial.end();
  finish({ outcome: 'passed' });
} catch (error) {
  finish({ outcome: 'failed', error: error?.stack ?? JSON.stringify(error), journal: trial.journal.slice(-60) });
}
