import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** Milliseconds that all cores together have worked so far. */
function busyMs(): number {
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0, stolen = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return (user + nice + system + interrupts + soft + stolen) * 10;
}

/** Milliseconds that this process and its children that still run have worked; what has ended counts in the first of them. */
function ownMs(): number {
  const fields = (pid: string) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const sum = (parts: readonly (string | number)[]) => parts.reduce<number>((total, part) => total + Number(part), 0);
  const own = sum(fields('self').slice(11, 15));
  return (own + sum(children.map((pid) => sum(fields(pid).slice(11, 13))))) * 10;
}

/** Watches how much other programs use of the machine. */
export class MachineWatch {
  readonly #shares: number[] = [];
  #busy = busyMs();
  #own = ownMs();
  #at = performance.now();

  /** To be called between samples, while the processes of the sample still run. */
  note(): void {
    const [busy, own, at] = [busyMs(), ownMs(), performance.now()];
    this.#shares.push(Math.max(0, (busy - this.#busy - (own - this.#own)) / (at - this.#at)));
    [this.#busy, this.#own, this.#at] = [busy, own, at];
  }

  /** One line for whoever reads the figures. */
  describe(): string {
    const sorted = this.#shares.toSorted((one, other) => one - other);
    const cores = (share: number) => `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2)}`;
    return `Node.js ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model.trim()}; other programs kept ${cores(0.5)} cores busy in the median sample, ${cores(1)} in the worst`;
  }
}
