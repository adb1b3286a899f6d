// A process of its own that makes one real start and stops itself (SIGSTOP) where the test says; whoever started it
// has it continue. Each line that it prints is JSON: the moment of the intent, then the answer.
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { buildGraph, realClock } from './graph.ts';

export type StopAt = 'never' | 'unused' | 'afterPrepare' | 'afterQuestion';

const [root = '', stopAt = 'never', limitMs = '0'] = process.argv.slice(2);
const stop = () => process.kill(process.pid, 'SIGSTOP');
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const { starter } = buildGraph(root, { startConnectMs: 60_000 });
const permit = await starter.prepare();
if (stopAt !== 'unused') {
  const intentAt = { wall: realClock.now(), monotonic: realClock.monotonic() };
  print({ intentAt: intentAt.wall });
  if (stopAt === 'afterPrepare') stop();
  const answer = await permit.send({
    cloudPcId: demoCloudPcs.ada,
    options: { osVersion: null, accountType: null },
    mayStillSend() {
      // The next thing to run after what runs now.
      if (stopAt === 'afterQuestion') process.nextTick(stop);
      const { wall, monotonic } = intentAt;
      return realClock.monotonic() - monotonic < Number(limitMs) && realClock.now() - wall < Number(limitMs);
    },
  });
  print(answer);
}
