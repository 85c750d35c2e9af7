/** The same suites in the browser's web worker host: no require, no Node, no DOM. */
import 'mocha/mocha.js';

declare const mocha: BrowserMocha & { reporter(reporter: (runner: Mocha.Runner) => void): void };

/** mocha's own reporters need a terminal or a page. */
function report(runner: Mocha.Runner): void {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  runner.on('pass', (test) => {
    passed++;
    console.log(`    ✔ ${test.fullTitle()} (${test.duration}ms)`);
  });
  runner.on('pending', (test) => {
    skipped++;
    console.log(`    - ${test.fullTitle()}`);
  });
  runner.on('fail', (test, error) => {
    failed++;
    console.log(`    ✖ ${test.fullTitle()}\n${error.stack ?? error}`);
  });
  runner.once('end', () => console.log(`  ${passed} passed, ${failed} failed, ${skipped} skipped`));
}

export async function run(): Promise<void> {
  mocha.setup({ ui: 'tdd', color: false, timeout: 60_000 });
  mocha.reporter(report);
  await import('./all.js');
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve()));
  });
}
