/** Returns the CPU time that a run takes, in milliseconds: of this thread alone, so that neither a busy machine nor other tests count. */
export function cpuMs(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Returns what one run takes, in milliseconds: the least of several lots of runs, since garbage that others left and a compiler at work only make one dearer.
 * A lot has several runs, as some systems count by hundredths of a second.
 */
export function leastCpuMs(run: () => void, runsOfLot = 5, lots = 8): number {
  const lot = () => {
    for (let index = 0; index < runsOfLot; index += 1) run();
  };
  return Math.min(...Array.from({ length: lots }, () => cpuMs(lot))) / runsOfLot;
}
