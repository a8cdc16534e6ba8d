// Writes node's test events as go test -json does, so that one reader shows and
// counts all tests: scripts/testreport. See https://pkg.go.dev/cmd/test2json.

const PACKAGE = 'accrue/test/browser';

export default async function* report(events) {
  const began = performance.now();
  const path = []; // the names of the tests around the one that runs
  let failed = false;
  const write = (event) => JSON.stringify({ Package: PACKAGE, ...event }) + '\n';

  for await (const { type, data } of events) {
    switch (type) {
      case 'test:start':
        path.length = data.nesting;
        path.push(data.name.replaceAll(' ', '_'));
        break;
      case 'test:pass':
      case 'test:fail': {
        path.length = data.nesting + 1;
        const test = path.join('/');
        const action = outcome(type, data);
        failed ||= action === 'fail';
        const seconds = (data.details.duration_ms / 1000).toFixed(2);
        yield write({ Action: 'output', Test: test, Output: `--- ${action.toUpperCase()}: ${test} (${seconds}s)\n` });
        if (action === 'fail') {
          yield write({ Action: 'output', Test: test, Output: explain(data.details.error) });
        }
        yield write({ Action: action, Test: test });
        break;
      }
      case 'test:stderr':
        yield write({ Action: 'output', Output: data.message });
        break;
    }
  }

  const seconds = ((performance.now() - began) / 1000).toFixed(3);
  yield write({ Action: 'output', Output: `${failed ? 'FAIL' : 'ok  '}\t${PACKAGE}\t${seconds}s\n` });
  yield write({ Action: failed ? 'fail' : 'pass' });
}

function outcome(type, { skip, todo }) {
  if (type === 'test:fail') return 'fail';
  const ran = skip === undefined && todo === undefined;
  return ran ? 'pass' : 'skip';
}

function explain(error) {
  const cause = error.cause ?? error;
  return `${cause.stack ?? cause}\n`.replace(/^/gm, '    ').trimEnd() + '\n';
}
